import type { Settings } from '../settings/environment.ts';
import type { CommandContext } from './command.ts';

/** What a command line needs of the machine it runs on; made once, in main.ts. */
export interface Machine {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Read at its first use. Throws TacitError `configuration`. */
  readonly settings: Settings;
  readonly stdout: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
  readonly stderr: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
  /** Where signals come from. */
  readonly process: Pick<NodeJS.Process, 'on' | 'off' | 'exit' | 'pid'>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** As many random bytes as asked for. */
  readonly random: (bytes: number) => Uint8Array;
  readonly sleep: (ms: number) => Promise<void>;
  /** Asks whoever sits at the terminal; absent where nobody does. */
  readonly ask?: (question: string) => Promise<string>;
  readonly migrationsDir: string;
  /** Version of this package. */
  readonly version: string;
  /** What commands of this process work with; nothing is opened yet. */
  openContext(): CommandContext;
}
