import type { KeyScope } from '../../../schemas/api-key.ts';
import { TacitError } from '../../../schemas/errors.ts';
import { ownsDataDir } from '../../settings/environment.ts';
import type { EngineCommand, Report } from '../command.ts';
import { keysCreate, keysRevoke } from '../commands/keys.ts';
import type { Machine } from '../machine.ts';
import { findOwner } from '../owner/owner-client.ts';
import { runEngineCommand } from '../run-engine-command.ts';
import { openServe } from '../serve/open-serve.ts';
import type { Destination } from './send-lines.ts';

export type RunCommand = (command: EngineCommand, options: object, report: Report) => Promise<object>;

export interface DestinationOptions {
  readonly app: string;
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  /** What the key must allow; `write` where nothing is said. */
  readonly scope?: KeyScope;
}

/**
 * Gives the work a server to send to: the one that was named, else the one that serves the data directory, else one
 * of its own on a free port for as long as the work lasts. Where no key was given, the work has one of its own.
 * @param work gets the server, and a way to run commands on its engines
 */
export async function withDestination<Result>(
  machine: Machine,
  { app, url, key, scope = 'write' }: DestinationOptions,
  report: Report,
  work: (destination: Destination, run: RunCommand) => Promise<Result>,
): Promise<Result> {
  const { clock, sleep, settings } = machine;
  const runAnywhere: RunCommand = (command, options, itsReport) =>
    runEngineCommand(command, options, itsReport, machine);
  if (url !== undefined) {
    if (key === undefined)
      throw new TacitError('misuse', `--url needs --key: make one with tacit keys create --scope ${scope}`);
    return await work({ url, key, clock, sleep }, runAnywhere);
  }
  if (!ownsDataDir(settings)) {
    throw new TacitError(
      'misuse',
      'name the server: --url URL --key KEY; only on the embedded engines it is found',
    );
  }
  const owner = await findOwner(settings.dataDir);
  if (owner) {
    return await withKey(
      app,
      runAnywhere,
      report,
      (ownKey) => work({ url: owner.address, key: ownKey, clock, sleep }, runAnywhere),
      scope,
    );
  }
  const serve = await openServe(machine, { ...settings, host: '127.0.0.1', port: 0 });
  const runThere: RunCommand = (command, options, itsReport) => serve.run(command.name, options, itsReport);
  try {
    return await Promise.race([
      withKey(
        app,
        runThere,
        report,
        (ownKey) => work({ url: serve.address, key: ownKey, clock, sleep }, runThere),
        scope,
      ),
      // Ends only by a fault while the work goes on.
      serve.stratified.then(() => new Promise<never>(() => undefined)),
    ]);
  } finally {
    await serve.close();
  }
}

/** A key for the time of the work. */
export async function withKey<Result>(
  app: string,
  run: RunCommand,
  report: Report,
  work: (key: string) => Promise<Result>,
  scope: KeyScope = 'write',
): Promise<Result> {
  const made = (await run(keysCreate, { app, scope }, report)) as { id: string; key: string };
  try {
    return await work(made.key);
  } finally {
    await run(keysRevoke, { app, id: made.id }, report);
  }
}
