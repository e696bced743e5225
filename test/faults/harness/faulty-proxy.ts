import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const produceKey = 0;
const lengthBytes = 4;

export interface FaultyProxy {
  readonly port: number;
  /** `stall`: connections stand open and carry nothing, as behind a cable that was pulled. */
  mode: 'pass' | 'stall';
  /** How long every piece of data is held up. */
  delayMs: number;
  /** While true, a produce request reaches the Kafka broker, and its answer never the client: the connection is cut. */
  cutProduceAnswers: boolean;
  /** How many answers were cut. */
  readonly cuts: () => number;
  /** Ends all connections with a reset; what they carried is lost. */
  reset(): void;
  close(): Promise<void>;
}

/** Passes connections on to a server, which may come and go. Only of Kafka's protocol can it tell a produce request. */
export async function startFaultyProxy(serverPort: number, protocol: 'kafka' | 'http'): Promise<FaultyProxy> {
  let cuts = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1');
    const isProduce = protocol === 'kafka' ? createProduceDetector() : () => false;
    let produced = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    carry(client, upstream, (data) => {
      if (isProduce(data)) produced = true;
      return true;
    });
    carry(upstream, client, () => {
      if (!proxy.cutProduceAnswers || !produced) return true;
      cuts += 1;
      client.destroy();
      return false;
    });
  });

  function carry(from: Socket, to: Socket, mayPass: (data: Buffer) => boolean): void {
    let last = Promise.resolve();
    from.on('data', (data: Buffer) => {
      if (!mayPass(data)) return;
      last = last.then(async () => {
        if (proxy.delayMs > 0) await sleep(proxy.delayMs);
        while (proxy.mode === 'stall' && !to.destroyed) await sleep(20);
        to.write(data);
      });
    });
    from.on('end', () => void last.then(() => to.end()));
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const proxy: FaultyProxy = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    mode: 'pass',
    delayMs: 0,
    cutProduceAnswers: false,
    cuts: () => cuts,
    reset() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
  return proxy;
}

/** Tells of the bytes that a client sends whether a produce request begins in them. */
function createProduceDetector(): (data: Buffer) => boolean {
  let leftOfRequest = 0;
  return (data) => {
    let found = false;
    for (let at = 0; at < data.length;) {
      if (leftOfRequest === 0) {
        // The client writes a request at once, so its first bytes arrive together.
        leftOfRequest = lengthBytes + data.readInt32BE(at);
        if (data.readInt16BE(at + lengthBytes) === produceKey) found = true;
      }
      const taken = Math.min(leftOfRequest, data.length - at);
      at += taken;
      leftOfRequest -= taken;
    }
    return found;
  };
}
