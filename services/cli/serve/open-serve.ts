import { TacitError } from '../../../schemas/errors.ts';
import { ownsDataDir, type Settings } from '../../settings/environment.ts';
import { createLogger } from '../../settings/logger.ts';
import type { CommandContext, Report } from '../command.ts';
import { engineCommands } from '../commands/engine-commands.ts';
import type { Machine } from '../machine.ts';
import { openContext, untilTaken } from '../open-context.ts';
import { optionsFrom } from '../options-from.ts';
import { unknownCommand } from '../owner/control-routes.ts';
import { findOwner } from '../owner/owner-client.ts';
import { startServer, type Server } from './start-server.ts';

/** A server with its engines. */
export interface Serve extends Omit<Server, 'close'> {
  readonly context: CommandContext;
  /** Runs a command on these engines, as another process could ask for it. */
  run(command: string, options: object, report: Report): Promise<object>;
  /** Closes the server, then the engines. */
  close(): Promise<void>;
}

const attempts = 12;
const pauseMs = 250;
const longestCatchUpMs = 60_000;

/**
 * Opens the engines and serves on them.
 * @throws TacitError `data_dir_owned`, in one line who owns it; a command that is about to end is waited for
 */
export async function openServe(machine: Machine, settings: Settings = machine.settings): Promise<Serve> {
  for (let attempt = 1; ; attempt++) {
    const owner = ownsDataDir(settings) ? await findOwner(settings.dataDir) : undefined;
    if (owner) {
      const message = `process ${owner.pid} serves ${settings.dataDir} already, at ${owner.address}: use that one, end it, or set TACIT_DATA_DIR to another folder`;
      throw new TacitError('data_dir_owned', message, {
        details: { pid: owner.pid, address: owner.address },
      });
    }
    try {
      return await serveHere(machine, settings);
    } catch (error) {
      const owned = error instanceof TacitError && error.code === 'data_dir_owned';
      if (!owned || attempt === attempts) throw error;
      await machine.sleep(pauseMs);
    }
  }
}

async function serveHere(machine: Machine, settings: Settings): Promise<Serve> {
  const opened = openContext({ ...machine, settings });
  const context: CommandContext = {
    ...opened,
    // The server's own stratifier takes the events in.
    caughtUp: () => untilTaken(opened.engines, machine.sleep, longestCatchUpMs),
  };
  const run = async (name: string, options: object, report: Report): Promise<object> => {
    const command = engineCommands.find((known) => known.name === name);
    if (!command) throw unknownCommand(name);
    return await command.run(
      context,
      optionsFrom(command.options, options, name, command.positional?.name),
      report,
    );
  };
  try {
    const server = await startServer({
      context,
      pid: machine.process.pid,
      logger: createLogger(settings.logLevel),
      runCommand: run,
    });
    return {
      ...server,
      context,
      run,
      async close() {
        await server.close();
        await context.engines.close();
      },
    };
  } catch (error) {
    await context.engines.close();
    throw error;
  }
}
