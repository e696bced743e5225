import { createHash, timingSafeEqual } from 'node:crypto';
import { PassThrough } from 'node:stream';

import type { FastifyInstance, FastifyRequest } from 'fastify';

import { TacitError } from '../../../schemas/errors.ts';
import type { Report } from '../command.ts';
import { controlRequest, messageFromError, type ControlMessage } from './control-protocol.ts';

export interface ControlOptions {
  readonly token: string;
  readonly pid: number;
  /** Runs a command by its name. */
  readonly run: (command: string, options: object, report: Report) => Promise<object>;
}

/** How other command lines of this machine work through the process that owns the data directory. */
export function controlRoutes(server: FastifyInstance, { token, pid, run }: ControlOptions): void {
  void server.register(
    (routes, _options, done) => {
      routes.addHook('onRequest', async (request, reply) => {
        if (isFromThisMachine(request) && bringsToken(request, token)) return;
        await reply
          .code(403)
          .send({ code: 'forbidden', message: 'control calls need the token of serve.json' });
      });

      routes.get('/owner', () => ({ pid }));

      routes.post('/run', (request, reply) => {
        const { command, options } = controlRequest.parse(
          Buffer.isBuffer(request.body) ? JSON.parse(request.body.toString('utf8')) : request.body,
        );
        const out = new PassThrough();
        const write = (message: ControlMessage) => void out.write(`${JSON.stringify(message)}\n`);
        run(command, options, {
          progress: (step, done, total) => {
            write({ kind: 'progress', step, done, ...(total === undefined ? {} : { total }) });
          },
          note: (text) => {
            write({ kind: 'note', text });
          },
          row: (row) => {
            write({ kind: 'row', row: { ...row } });
          },
        })
          .then(
            (result) => {
              write({ kind: 'result', result: { ...result } });
            },
            (error: unknown) => {
              write(messageFromError(error));
            },
          )
          .finally(() => out.end());
        return reply.header('content-type', 'application/x-ndjson').send(out);
      });
      done();
    },
    { prefix: '/control' },
  );
}

function isFromThisMachine({ socket }: FastifyRequest): boolean {
  const remote = socket.remoteAddress ?? '';
  return /^(127\.|::1$|::ffff:127\.)/.test(remote) || remote === socket.localAddress;
}

function bringsToken(request: FastifyRequest, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${token}`));
}

/** What a command that must not be called this way answers with. */
export function unknownCommand(command: string): TacitError {
  return new TacitError(
    'misuse',
    `the running serve knows no command ${command}: is it of another version? restart it`,
  );
}
