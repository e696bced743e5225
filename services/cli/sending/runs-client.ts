import { TacitError } from '../../../schemas/errors.ts';
import {
  probeAnswer,
  runDetail,
  runsProblem,
  type ProbeAnswer,
  type RunDetail,
} from '../../../schemas/runs.ts';

/** The runs API of a server. */
export interface RunsClient {
  put(run: string, body: object): Promise<void>;
  probe(run: string, body: object): Promise<ProbeAnswer>;
  /** @returns undefined when there is no such run */
  detail(run: string): Promise<RunDetail | undefined>;
}

const patienceMs = 120_000;

/** Every call rejects with TacitError `not_running`, `unauthorized`, `forbidden`, `warehouse_unavailable`, `misuse`. */
export function createRunsClient({ url, key }: { readonly url: string; readonly key: string }): RunsClient {
  const at = (run: string, below = '') => `/v1/runs/${encodeURIComponent(run)}${below}`;

  async function call(method: string, path: string, body?: object): Promise<Response> {
    try {
      return await fetch(new URL(path, url), {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(patienceMs),
      });
    } catch (error) {
      throw new TacitError(
        'not_running',
        `nobody answers at ${url}: start tacit serve there, or name another --url`,
        {
          cause: error,
        },
      );
    }
  }

  async function faultOf(answer: Response): Promise<TacitError> {
    const parsed = runsProblem.safeParse(await answer.json().catch(() => undefined));
    const said = parsed.success ? parsed.data.message : `${url} answered ${answer.status}`;
    if (answer.status === 401) return new TacitError('unauthorized', said);
    if (answer.status === 403) return new TacitError('forbidden', said);
    if (answer.status === 404) return new TacitError('not_found', said);
    if (answer.status >= 500) return new TacitError('warehouse_unavailable', said, { retriable: true });
    return new TacitError('misuse', said);
  }

  return {
    async put(run, body) {
      const answer = await call('PUT', at(run), body);
      if (!answer.ok) throw await faultOf(answer);
      await answer.body?.cancel();
    },
    async probe(run, body) {
      const answer = await call('POST', at(run, '/probes'), body);
      if (!answer.ok) throw await faultOf(answer);
      return probeAnswer.parse(await answer.json());
    },
    async detail(run) {
      const answer = await call('GET', at(run));
      if (answer.status === 404) return undefined;
      if (!answer.ok) throw await faultOf(answer);
      return runDetail.parse(await answer.json());
    },
  };
}
