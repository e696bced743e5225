import { connect, type Socket } from 'node:net';

/** One keep-alive HTTP/1.1 connection, one request at a time: as cheap as a client can be in Node. */
export interface HttpConnection {
  /** Sends the body and resolves with the status code once the whole answer is read. */
  post(body: Buffer): Promise<number>;
  close(): void;
}

export async function openHttpConnection(options: {
  host: string;
  port: number;
  path: string;
  key?: string;
}): Promise<HttpConnection> {
  const { host, port, path, key } = options;
  const socket: Socket = connect({ host, port, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const head =
    `POST ${path} HTTP/1.1\r\nHost: ${host}:${String(port)}\r\nContent-Type: application/json\r\n` +
    (key === undefined ? '' : `Authorization: Bearer ${key}\r\n`);
  let pending: { resolve: (status: number) => void; reject: (error: Error) => void } | undefined;
  let received = '';
  const fail = (error: Error): void => {
    pending?.reject(error);
    pending = undefined;
  };
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    received += chunk;
    const headEnd = received.indexOf('\r\n\r\n');
    if (headEnd === -1) return;
    const length = /content-length: (\d+)/i.exec(received.slice(0, headEnd))?.[1];
    if (length === undefined) {
      fail(new Error('answer without content-length'));
      return;
    }
    if (received.length < headEnd + 4 + Number(length)) return;
    const status = Number(received.slice(9, 12));
    received = received.slice(headEnd + 4 + Number(length));
    const { resolve } = pending ?? {};
    pending = undefined;
    resolve?.(status);
  });
  socket.on('error', fail);
  socket.on('close', () => {
    fail(new Error('connection closed'));
  });
  return {
    post(body) {
      return new Promise((resolve, reject) => {
        pending = { resolve, reject };
        socket.cork();
        socket.write(`${head}Content-Length: ${String(body.length)}\r\n\r\n`, 'latin1');
        socket.write(body);
        socket.uncork();
      });
    },
    close() {
      socket.destroy();
    },
  };
}
