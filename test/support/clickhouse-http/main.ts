/**
 * `node main.ts --path DIR [--port N] [--user U] [--password P]`: the test server as a process of its own, so that it
 * can be killed. Says its port as JSON on standard output.
 */
import { parseArgs } from 'node:util';

import { openEngine } from './engine.ts';
import { startClickhouseHttpServer } from './server.ts';

const { values } = parseArgs({
  options: {
    path: { type: 'string' },
    port: { type: 'string', default: '0' },
    user: { type: 'string', default: 'tacit' },
    password: { type: 'string', default: '' },
  },
});
if (values.path === undefined) throw new Error('--path is missing');
const server = await startClickhouseHttpServer({
  engine: openEngine(values.path),
  port: Number(values.port),
  user: values.user,
  password: values.password,
});
console.log(JSON.stringify({ port: server.port }));
process.on('SIGTERM', () => {
  void server.close().then(() => process.exit(0));
});
