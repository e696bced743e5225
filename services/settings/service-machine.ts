import type { Settings } from './environment.ts';

/** What a process of one service needs of the machine it runs on. */
export interface ServiceMachine {
  /** Read at its first use. Throws TacitError `configuration`. */
  readonly settings: Settings;
  /** Where signals come from. */
  readonly process: Pick<NodeJS.Process, 'on' | 'off' | 'exit' | 'pid'>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** As many random bytes as asked for. */
  readonly random: (bytes: number) => Uint8Array;
  /** Folder of the warehouse's migrations. */
  readonly migrationsDir: string;
}

/** What a service tells once it runs. */
export interface Running {
  readonly address: string;
  readonly pid: number;
}
