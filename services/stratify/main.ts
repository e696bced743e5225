import fastify, { LogController, type FastifyBaseLogger } from 'fastify';
import { Registry } from 'prom-client';

import { listen } from '../settings/listen.ts';
import { createLogger } from '../settings/logger.ts';
import { assertServers } from '../settings/needs-servers.ts';
import { createEngines } from '../settings/open-engines.ts';
import type { Running, ServiceMachine } from '../settings/service-machine.ts';
import { createShutdown } from '../settings/shutdown.ts';
import { createStratifier } from './create-stratifier.ts';

/** Stratify alone, until a signal or a fault ends it, with its probes on an address of its own. */
export async function main(machine: ServiceMachine, onRunning: (running: Running) => void): Promise<void> {
  const { settings, clock, random } = machine;
  assertServers('stratify', settings, ['kafka', 'clickhouse']);
  const shutdown = createShutdown(machine.process);
  const engines = createEngines(machine);
  shutdown.before(() => engines.close());
  try {
    const warehouse = await engines.warehouse();
    const eventLog = await engines.eventLog();
    const sealer = await engines.sealer();
    const logger = createLogger(settings.logLevel);
    const metricsRegistry = new Registry();
    const stratifier = createStratifier({
      eventLog,
      warehouse,
      clock,
      random,
      logger,
      metricsRegistry,
      sealing: sealer,
      settings: { logRetentionMs: settings.logRetentionHours * 3_600_000 },
    });
    await stratifier.start();
    shutdown.before(() => stratifier.stop());
    stratifier.done.catch((fault: unknown) => {
      shutdown.request(fault);
    });

    const loggerInstance: FastifyBaseLogger = logger;
    const server = fastify({
      loggerInstance,
      logController: new LogController({ disableRequestLogging: true }),
    });
    shutdown.before(() => server.close());
    server.get('/healthz', () => ({ status: 'ok' }));
    server.get('/readyz', async () => {
      await warehouse.query({ sql: 'SELECT 1' });
      return { status: 'ready' };
    });
    server.get('/metrics', async (_request, reply) => {
      reply.type(metricsRegistry.contentType);
      return await metricsRegistry.metrics();
    });
    onRunning({ address: await listen(server, settings), pid: machine.process.pid });
  } catch (error) {
    shutdown.request(error);
  }
  await shutdown.finished();
}
