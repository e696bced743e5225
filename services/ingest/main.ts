import { Registry } from 'prom-client';

import { createReceipts } from '../jobs/receipts.ts';
import { embeddedUrl, type Settings } from '../settings/environment.ts';
import { listen } from '../settings/listen.ts';
import { createLogger } from '../settings/logger.ts';
import { assertServers } from '../settings/needs-servers.ts';
import { createEngines } from '../settings/open-engines.ts';
import type { Running, ServiceMachine } from '../settings/service-machine.ts';
import { createShutdown } from '../settings/shutdown.ts';
import { defaultIngestSettings, type IngestSettings } from './ingest-options.ts';
import { createIngestServer } from './ingest-server.ts';

/** Ingest alone, until a signal ends it. It depends on the log; the warehouse is asked for receipts only. */
export async function main(machine: ServiceMachine, onRunning: (running: Running) => void): Promise<void> {
  const { settings, clock, random } = machine;
  assertServers('ingest', settings, ['kafka']);
  const shutdown = createShutdown(machine.process);
  const engines = createEngines(machine);
  shutdown.before(() => engines.close());
  try {
    const server = await createIngestServer({
      eventLog: await engines.eventLog(),
      ...(await engines.access()),
      ...(settings.warehouseUrl === embeddedUrl
        ? {}
        : {
            receipts: async (app, receipt) => await createReceipts(await engines.warehouse())(app, receipt),
          }),
      clock,
      random,
      settings: ingestSettingsFrom(settings),
      metricsRegistry: new Registry(),
      logger: createLogger(settings.logLevel),
    });
    shutdown.before(() => server.close());
    onRunning({ address: await listen(server, settings), pid: machine.process.pid });
  } catch (error) {
    shutdown.request(error);
  }
  await shutdown.finished();
}

/** What the environment says about ingest. */
export function ingestSettingsFrom({ quotaEventsPerSecond }: Settings): IngestSettings {
  if (quotaEventsPerSecond === 0) return defaultIngestSettings;
  // Ten seconds' worth at once: clients send in bursts after being offline.
  const quota = { eventsPerSecond: quotaEventsPerSecond, burst: 10 * quotaEventsPerSecond };
  return { ...defaultIngestSettings, quota };
}
