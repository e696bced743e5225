import type { FastifyInstance } from 'fastify';

const lookEveryMs = 100;

/**
 * Lets `close()` end. Node closes idle connections once, when closing begins: one that falls idle later would hold the
 * server until its keep-alive runs out, and a client that never finishes its request would hold it for ever.
 */
export function drainConnections(server: FastifyInstance, giveUpAfterMs: number): void {
  let timer: NodeJS.Timeout | undefined;
  server.addHook('preClose', (done) => {
    let waitedMs = 0;
    timer = setInterval(() => {
      waitedMs += lookEveryMs;
      if (waitedMs < giveUpAfterMs) server.server.closeIdleConnections();
      else server.server.closeAllConnections();
    }, lookEveryMs);
    done();
  });
  server.addHook('onClose', (_server, done) => {
    clearInterval(timer);
    done();
  });
}
