import type { FastifyInstance } from 'fastify';

import { TacitError } from '../../schemas/errors.ts';
import type { Settings } from './environment.ts';

/**
 * Begins to listen where the settings say.
 * @returns the address as this machine reaches it, such as `http://127.0.0.1:8224`
 * @throws TacitError `port_in_use`, `configuration`
 */
export async function listen(
  server: FastifyInstance,
  { host, port }: Pick<Settings, 'host' | 'port'>,
): Promise<string> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    throw listenFault(error as NodeJS.ErrnoException, host, port);
  }
  const bound = server.server.address();
  if (bound === null || typeof bound === 'string') throw new Error('listening without an address');
  return `http://${reachableHost(bound.address, bound.family === 'IPv6')}:${bound.port}`;
}

/** An address of "all interfaces" is no address to call. */
function reachableHost(address: string, ipv6: boolean): string {
  if (address === '0.0.0.0' || address === '::') return '127.0.0.1';
  return ipv6 ? `[${address}]` : address;
}

function listenFault(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    const message = `port ${port} on ${host} is in use by another program; end that one, or set TACIT_PORT to another port`;
    return new TacitError('port_in_use', message, { cause: error });
  }
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    const message = `cannot listen on ${host} port ${port} (${error.code}): set TACIT_HOST and TACIT_PORT to an address of this machine`;
    return new TacitError('configuration', message, { cause: error });
  }
  return error;
}
