import { TacitError } from '../../schemas/errors.ts';
import { ownsDataDir } from '../settings/environment.ts';
import type { CommandContext, EngineCommand, Report } from './command.ts';
import { optionsFrom } from './options-from.ts';
import { findOwner } from './owner/owner-client.ts';

export interface RunOptions {
  /** Opens what a command works with in this process. */
  readonly openContext: () => CommandContext;
  readonly settings: CommandContext['settings'];
  readonly sleep: (ms: number) => Promise<void>;
  /** Asks whoever sits at the terminal; absent where nobody does. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
}

const attempts = 20;
const pauseMs = 250;

/**
 * Runs a command where the engines are: in the process that serves the data directory if there is one, else here. A
 * short-lived owner, such as another command or a `serve` that is just starting, is waited for.
 */
export async function runEngineCommand(
  command: EngineCommand,
  options: object,
  report: Report,
  { openContext, settings, sleep, ask }: RunOptions,
): Promise<object> {
  // Judged here too, so that a slip is told before anything opens.
  const judged = optionsFrom(command.options, options, command.name, command.positional?.name);
  const question = command.confirm?.(judged);
  if (ask && question !== undefined && !/^y(es)?$/i.test((await ask(`${question} [y/N] `)).trim()))
    throw new TacitError('misuse', 'not confirmed: nothing was done');
  if (!ownsDataDir(settings)) return await runHere(command, judged, report, openContext);
  for (let attempt = 1; ; attempt++) {
    const owner = await findOwner(settings.dataDir);
    if (owner) return await owner.run(command.name, options, report);
    try {
      return await runHere(command, judged, report, openContext);
    } catch (error) {
      const owned = error instanceof TacitError && error.code === 'data_dir_owned';
      if (!owned || attempt === attempts) throw error;
      await sleep(pauseMs);
    }
  }
}

async function runHere(
  command: EngineCommand,
  options: object,
  report: Report,
  openContext: RunOptions['openContext'],
): Promise<object> {
  const context = openContext();
  try {
    return await command.run(context, options, report);
  } finally {
    await context.engines.close();
  }
}
