import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

const produceKey = 0;
const lengthBytes = 4;

export interface KafkaProxy {
  readonly port: number;
  /** While true, a produce request reaches the broker, and its answer never the client: the connection is cut. */
  cutProduceAnswers: boolean;
  /** How many answers were cut. */
  readonly cuts: () => number;
  close(): Promise<void>;
}

/** Passes connections on to a broker, whose port may be told later. */
export async function startKafkaProxy(brokerPort: number): Promise<KafkaProxy> {
  let cuts = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const broker = connect(brokerPort, '127.0.0.1');
    client.pause();
    broker.once('connect', () => client.resume());
    const isProduce = createProduceDetector();
    let produced = false;
    for (const socket of [client, broker]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        broker.destroy();
      });
    }
    client.on('data', (data: Buffer) => {
      if (isProduce(data)) produced = true;
      broker.write(data);
    });
    broker.on('data', (data: Buffer) => {
      if (proxy.cutProduceAnswers && produced) {
        cuts += 1;
        client.destroy();
      } else {
        client.write(data);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const proxy: KafkaProxy = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cutProduceAnswers: false,
    cuts: () => cuts,
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
