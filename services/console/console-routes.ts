import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

import type { KeyRing } from '../access/key-ring.ts';
import { createRuns } from '../jobs/runs/create-runs.ts';
import { apiRoutes } from './api-routes.ts';
import { assetRoutes } from './asset-routes.ts';
import { createFigures, type FiguresOptions } from './console-figures.ts';
import { loginRoutes } from './login-routes.ts';
import { pageRoutes } from './page-routes.ts';
import { createRunsMetrics } from './runs/runs-metrics.ts';
import { runsRoutes } from './runs/runs-routes.ts';

export interface ConsoleOptions extends FiguresOptions {
  readonly keyRing: KeyRing;
  /** Where the gauges of runs go. */
  readonly metricsRegistry: Registry;
}

const headers = {
  'content-security-policy':
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * Fastify plugin: the pages that people read, the JSON behind them (`/v1/stats`, `/v1/cohorts`, `/v1/sessions`,
 * `/v1/effects`, `/v1/datasets`), and the runs API (`/v1/runs`). Pages are open to readers at this machine; anywhere
 * else, and for the JSON always, a key with the scope `read` is needed, for runs one with the scope `runs`.
 */
export async function consoleRoutes(scope: FastifyInstance, options: ConsoleOptions): Promise<void> {
  const { keyRing, metricsRegistry } = options;
  const runs = createRuns(options);
  const figures = createFigures({ ...options, runs });
  scope.addHook('onSend', (_request, reply, _payload, done) => {
    reply.headers(headers);
    done();
  });
  await scope.register(assetRoutes);
  await scope.register(apiRoutes, { figures, keyRing });
  await scope.register(runsRoutes, { runs, keyRing, metrics: createRunsMetrics(metricsRegistry) });
  await scope.register(loginRoutes, { keyRing });
  await scope.register(pageRoutes, { figures, keyRing });
}
