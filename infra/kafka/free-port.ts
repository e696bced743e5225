import { once } from 'node:events';
import { createServer } from 'node:net';

/** The port if nobody listens there, or one that is free. */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer().listen(wanted, '127.0.0.1');
  await once(server, 'listening').catch((error: unknown) => {
    throw new Error(`port ${String(wanted)} is in use: choose another with --port`, { cause: error });
  });
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
