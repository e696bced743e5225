import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { Registry } from 'prom-client';

import { defaultIngestSettings } from '../../../services/ingest/ingest-options.ts';
import { createIngestServer } from '../../../services/ingest/ingest-server.ts';
import { settingsFromEnvironment } from '../../../services/settings/environment.ts';
import { createEngines } from '../../../services/settings/open-engines.ts';

/** Ingest on the embedded log and nothing behind it: what an acknowledgement alone costs. */
const packageDir = fileURLToPath(new URL('../../..', import.meta.url));
const engines = createEngines({
  settings: settingsFromEnvironment(process.env, packageDir),
  migrationsDir: fileURLToPath(new URL('../../../infra/clickhouse', import.meta.url)),
  clock: Date.now,
  random: randomBytes,
});
const server = await createIngestServer({
  eventLog: await engines.eventLog(),
  ...(await engines.access()),
  clock: Date.now,
  random: randomBytes,
  settings: defaultIngestSettings,
  metricsRegistry: new Registry(),
});
const { key } = await (await engines.access()).keyRing.create('bench', 'write');
const address = await server.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${JSON.stringify({ address, key })}\n`);
process.on('SIGTERM', () => {
  void server
    .close()
    .then(() => engines.close())
    .then(() => process.exit(0));
});
