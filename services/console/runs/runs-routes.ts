import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';

import type { KeyScope } from '../../../schemas/api-key.ts';
import { probeRequest, runName, runRequest } from '../../../schemas/runs.ts';
import type { KeyRing } from '../../access/key-ring.ts';
import type { Runs } from '../../jobs/runs/create-runs.ts';
import { RunsProblem } from '../../jobs/runs/runs-problem.ts';
import { jsonFromBody } from './json-body.ts';
import type { RunsMetrics } from './runs-metrics.ts';
import { InvalidBody, problemFromError, sendRunsProblem } from './runs-problem-answer.ts';

export interface RunsRoutesOptions {
  readonly runs: Runs;
  readonly keyRing: KeyRing;
  readonly metrics?: RunsMetrics;
}

/** 10,000 replies of a few kilobytes. */
const bodyBytes = 64 * 1024 * 1024;
const inflate = promisify(gunzip);

interface RunRoute {
  readonly Params: { readonly run: string };
}

/** The runs API: a key with the scope `runs` reads and writes, one with the scope `read` reads. */
export async function runsRoutes(
  scope: FastifyInstance,
  { runs, keyRing, metrics }: RunsRoutesOptions,
): Promise<void> {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: bodyBytes },
    (_request, body, done) => {
      done(null, body);
    },
  );
  scope.setErrorHandler(async (error, _request, reply) => {
    const problem = problemFromError(error);
    if (!problem) throw error;
    return await sendRunsProblem(reply, problem);
  });
  scope.addHook('onSend', (_request, reply, _payload, done) => {
    reply.header('cache-control', 'no-store');
    done();
  });

  // Keys are judged before a body is read.
  const apps = new WeakMap<FastifyRequest, string>();
  const needs = (scopes: readonly KeyScope[]) => ({
    onRequest: (request: FastifyRequest, _reply: unknown, done: (error?: Error) => void) => {
      try {
        apps.set(request, appFromKey(request, keyRing, scopes));
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
  const appOf = (request: FastifyRequest) => apps.get(request) ?? '';
  const reading = needs(['runs', 'read']);
  const writing = needs(['runs']);

  scope.put<RunRoute>('/v1/runs/:run', writing, async (request, reply) => {
    const body = await bodyOf(request, runRequest);
    const { created, run } = await runs.put(appOf(request), nameOf(request), body);
    return await reply.code(created ? 201 : 200).send(run);
  });
  scope.post<RunRoute>('/v1/runs/:run/probes', writing, async (request, reply) => {
    const body = await bodyOf(request, probeRequest);
    const { answer, repeated } = await runs.probe(appOf(request), nameOf(request), body);
    if (repeated) reply.header('x-tacit-repeated', 'true');
    else metrics?.judged(appOf(request), nameOf(request), answer);
    return await reply.send(answer);
  });
  scope.get<RunRoute>('/v1/runs/:run/verdict', reading, (request) =>
    runs.verdict(appOf(request), nameOf(request)),
  );
  scope.get('/v1/runs', reading, async (request) => ({
    app: appOf(request),
    runs: await runs.list(appOf(request)),
  }));
  scope.get<RunRoute>('/v1/runs/:run', reading, (request) => runs.detail(appOf(request), nameOf(request)));
  scope.get<RunRoute>('/v1/runs/:run/groups', reading, (request) =>
    runs.groups(appOf(request), nameOf(request)),
  );
  await Promise.resolve();
}

function appFromKey(request: FastifyRequest, keyRing: KeyRing, scopes: readonly KeyScope[]): string {
  const text = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  const key = text === undefined ? undefined : keyRing.authenticate(text);
  if (!key)
    throw new RunsProblem('unauthorized', 'send a key with the scope runs: Authorization: Bearer <key>');
  if (scopes.includes(key.scope)) return key.app;
  throw new RunsProblem('forbidden', `this needs a key with the scope ${scopes.join(' or ')}`);
}

function nameOf(request: FastifyRequest<RunRoute>): string {
  const parsed = runName.safeParse(request.params.run);
  if (parsed.success) return parsed.data;
  throw new InvalidBody(parsed.error);
}

async function bodyOf<Body>(request: FastifyRequest, schema: z.ZodType<Body>): Promise<Body> {
  const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const parsed = schema.safeParse(
    jsonFromBody((await inflated(raw, request.headers['content-encoding'])).toString('utf8')),
  );
  if (parsed.success) return parsed.data;
  throw new InvalidBody(parsed.error);
}

async function inflated(body: Buffer, encoding = 'identity'): Promise<Buffer> {
  if (encoding === 'identity') return body;
  if (encoding !== 'gzip') throw new RunsProblem('unsupported_media_type', 'a body is plain or gzip');
  try {
    return await inflate(body, { maxOutputLength: bodyBytes });
  } catch {
    throw new RunsProblem('invalid_request', 'the body is no gzip, or too large');
  }
}
