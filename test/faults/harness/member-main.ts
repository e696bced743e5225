/** `node member-main.ts ingest|stratify`: one service as `tacit` starts it, without the other commands to load. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { settingsFromEnvironment } from '../../../services/settings/environment.ts';
import type { ServiceMachine } from '../../../services/settings/service-machine.ts';

const machine: ServiceMachine = {
  settings: settingsFromEnvironment(process.env, '/nowhere'),
  process,
  clock: Date.now,
  random: randomBytes,
  migrationsDir: fileURLToPath(new URL('../../../infra/clickhouse', import.meta.url)),
};
const { main } =
  process.argv[2] === 'ingest'
    ? await import('../../../services/ingest/main.ts')
    : await import('../../../services/stratify/main.ts');
await main(machine, (running) => {
  console.log(JSON.stringify(running));
});
// Whatever a driver left open keeps nobody waiting.
setTimeout(() => process.exit(), 2_000).unref();
