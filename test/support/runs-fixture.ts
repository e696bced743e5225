import fastify, { type FastifyInstance } from 'fastify';

import type { KeyScope } from '../../schemas/api-key.ts';
import type { ProbeAnswer, RunDetail, RunsProblem, Verdict } from '../../schemas/runs.ts';
import type { KeyRing } from '../../services/access/key-ring.ts';
import { runsRoutes } from '../../services/console/runs/runs-routes.ts';
import type { Warehouse } from '../../services/engines/warehouse/warehouse.ts';
import { createRuns, type Runs } from '../../services/jobs/runs/create-runs.ts';

/** The runs API over a warehouse, without a socket. Keys are `scope` or `scope:app`. */
export interface RunsFixture {
  readonly server: FastifyInstance;
  readonly runs: Runs;
  /** The clock stands still unless moved. */
  nowMs: number;
  call<Body>(
    method: 'GET' | 'PUT' | 'POST',
    path: string,
    body?: unknown,
    key?: string,
  ): Promise<Answer<Body>>;
  put(run: string, body: object): Promise<Answer<{ run: string } & RunsProblem>>;
  probe(run: string, body: object): Promise<Answer<ProbeAnswer & RunsProblem>>;
  verdict(run: string): Promise<Answer<Verdict>>;
  detail(run: string): Promise<Answer<RunDetail>>;
}

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Body;
}

export async function createRunsFixture(warehouse: Warehouse): Promise<RunsFixture> {
  const fixture = { nowMs: Date.UTC(2026, 2, 10) };
  const runs = createRuns({ warehouse, clock: () => fixture.nowMs++ });
  const server = fastify();
  await server.register(runsRoutes, { runs, keyRing: keyRing as KeyRing });
  // The answer's shape is what the test says it is.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  const call = async <Body>(method: 'GET' | 'PUT' | 'POST', path: string, body?: unknown, key = 'runs') => {
    const answer = await server.inject({
      method,
      url: path,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.statusCode, headers: answer.headers, body: answer.json<Body>() };
  };
  const at = (run: string) => `/v1/runs/${encodeURIComponent(run)}`;
  return Object.assign(fixture, {
    server,
    runs,
    call,
    put: (run: string, body: object) => call<{ run: string } & RunsProblem>('PUT', at(run), body),
    probe: (run: string, body: object) => call<ProbeAnswer & RunsProblem>('POST', `${at(run)}/probes`, body),
    verdict: (run: string) => call<Verdict>('GET', `${at(run)}/verdict`),
    detail: (run: string) => call<RunDetail>('GET', at(run)),
  });
}

const keyRing: Pick<KeyRing, 'authenticate'> = {
  authenticate(text) {
    const [scope, app = 'default'] = text.split(':');
    const scopes: readonly string[] = ['write', 'read', 'runs', 'erase'] satisfies KeyScope[];
    if (scope === undefined || !scopes.includes(scope)) return undefined;
    return { id: text, app, scope: scope as KeyScope, secret_sha256: '', created_ms: 0 };
  },
};
