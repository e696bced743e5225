import type { z } from 'zod';

import type { Engines } from '../settings/open-engines.ts';
import type { Settings } from '../settings/environment.ts';

/** What a command tells while it works. */
export interface Report {
  /** Long work: how much of it is done, of how much where that is known. */
  progress(step: string, done: number, total?: number): void;
  /** A remark for people. */
  note(text: string): void;
  /** One row of a listing. */
  row(row: object): void;
}

/** What a command works with, in whichever process it runs. */
export interface CommandContext {
  readonly settings: Settings;
  readonly engines: Engines;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** As many random bytes as asked for. */
  readonly random: (bytes: number) => Uint8Array;
  /** Version of this package. */
  readonly version: string;
  /** Folder of the warehouse's migrations. */
  readonly migrationsDir: string;
  /** Resolves when what the embedded log held at the call stands in the warehouse. */
  readonly caughtUp: () => Promise<void>;
}

export interface Flag {
  /** As commander writes them: `--scope <scope>`. */
  readonly flags: string;
  readonly says: string;
}

/**
 * A command on the engines: a description, and one function of context and options, so that it runs alike in the
 * process of the command line and in the process that owns the data directory.
 */
export interface EngineCommand<Options extends object = object, Result extends object = object> {
  /** `stats`, `keys create` */
  readonly name: string;
  readonly summary: string;
  /** What stands in `--help` below the options: lines of a shell. */
  readonly examples: readonly string[];
  /** `<dataset>`; with `many` a list of them. */
  readonly positional?: {
    readonly name: string;
    readonly says: string;
    readonly required: boolean;
    readonly many?: true;
  };
  readonly flags: readonly Flag[];
  /** Whether `--app` means anything. */
  readonly perApp: boolean;
  /** Options by their camel-case names, `app` and the positional included; judged in the process that runs it. */
  readonly options: z.ZodType<Options>;
  /** Options that are paths: made absolute where the command was typed. */
  readonly paths?: readonly string[];
  /** A question that somebody at a terminal has to say yes to before the command runs. */
  confirm?(options: Options): string | undefined;
  run(context: CommandContext, options: Options, report: Report): Promise<Result>;
  /** The result for people. */
  text(result: Result): string;
  /** Whether a result, although told, counts as a failure: exit code 1. */
  failed?(result: Result): boolean;
  /** The rows of `report.row` for people; a command that lists prints no object with `--json`, only its rows. */
  rowText?(row: object): string;
}

/** Erases the types of options and result, for lists of commands. */
export function engineCommand<Options extends object, Result extends object>(
  command: EngineCommand<Options, Result>,
): EngineCommand {
  return command;
}
