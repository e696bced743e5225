import fastify, { LogController, type FastifyBaseLogger } from 'fastify';
import { Registry } from 'prom-client';

import { listen } from '../settings/listen.ts';
import { createLogger } from '../settings/logger.ts';
import { assertServers } from '../settings/needs-servers.ts';
import { createEngines } from '../settings/open-engines.ts';
import type { Running, ServiceMachine } from '../settings/service-machine.ts';
import { createShutdown } from '../settings/shutdown.ts';
import { consoleRoutes } from './console-routes.ts';

/** The console alone, until a signal ends it. */
export async function main(machine: ServiceMachine, onRunning: (running: Running) => void): Promise<void> {
  const { settings, clock } = machine;
  assertServers('console', settings, ['kafka', 'clickhouse']);
  const shutdown = createShutdown(machine.process);
  const engines = createEngines(machine);
  shutdown.before(() => engines.close());
  try {
    const warehouse = await engines.warehouse();
    const eventLog = await engines.eventLog();
    const { keyRing } = await engines.access();
    const loggerInstance: FastifyBaseLogger = createLogger(settings.logLevel);
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
    const metricsRegistry = new Registry();
    server.get('/metrics', async (_request, reply) => {
      reply.type(metricsRegistry.contentType);
      return await metricsRegistry.metrics();
    });
    await server.register(consoleRoutes, {
      ...{ warehouse, eventLog, keyRing, clock, timeZone: settings.timeZone, metricsRegistry },
    });
    onRunning({ address: await listen(server, settings), pid: machine.process.pid });
  } catch (error) {
    shutdown.request(error);
  }
  await shutdown.finished();
}
