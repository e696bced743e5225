import type { Logger } from 'pino';
import { Registry } from 'prom-client';

import type { Report } from '../command.ts';
import { consoleRoutes } from '../../console/console-routes.ts';
import { createIngestServer } from '../../ingest/ingest-server.ts';
import { ingestSettingsFrom } from '../../ingest/main.ts';
import { createReceipts } from '../../jobs/receipts.ts';
import { onDataDir } from '../../settings/file-fault.ts';
import { listen } from '../../settings/listen.ts';
import type { CommandContext } from '../command.ts';
import { controlRoutes } from '../owner/control-routes.ts';
import { removeOwnerHint, writeOwnerHint } from '../owner/hint.ts';
import { startStratifier } from './start-stratifier.ts';

export interface ServerOptions {
  readonly context: CommandContext;
  readonly pid: number;
  readonly logger: Logger;
  /** Runs a command of another process, by its name. */
  readonly runCommand: (command: string, options: object, report: Report) => Promise<object>;
}

export interface Server {
  readonly address: string;
  /** Rejects when the stratifier ends by a fault. */
  readonly stratified: Promise<void>;
  /** Answers what is in flight, lets the stratifier finish what it has in hand; the engines stay open. */
  close(): Promise<void>;
}

/** Ingest, stratify and console on one address, in the process that owns the engines. */
export async function startServer({ context, pid, logger, runCommand }: ServerOptions): Promise<Server> {
  const { settings, engines, clock, random } = context;
  const warehouse = await engines.warehouse();
  const eventLog = await engines.eventLog();
  const { keyRing, pseudonyms, sealer } = await engines.access();
  const metricsRegistry = new Registry();

  const server = await createIngestServer({
    eventLog,
    keyRing,
    pseudonyms,
    sealer,
    receipts: createReceipts(warehouse),
    clock,
    random,
    settings: ingestSettingsFrom(settings),
    metricsRegistry,
    logger,
  });
  await server.register(consoleRoutes, {
    ...{ warehouse, eventLog, keyRing, clock, timeZone: settings.timeZone, metricsRegistry },
  });
  const token = Buffer.from(random(32)).toString('base64url');
  controlRoutes(server, { token, pid, run: runCommand });

  const stratifier = await startStratifier({ context, logger, metricsRegistry });
  try {
    const address = await listen(server, settings);
    await onDataDir(settings.dataDir, () => writeOwnerHint(settings.dataDir, { address, pid, token }));
    return {
      address,
      stratified: stratifier.done,
      async close() {
        await removeOwnerHint(settings.dataDir, token);
        await server.close();
        await stratifier.stop();
      },
    };
  } catch (error) {
    await server.close();
    await stratifier.stop();
    throw error;
  }
}
