import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readOwnerHint } from '../../services/cli/owner/hint.ts';
import { runInProcess } from './harness/run-in-process.ts';
import { runTacit, startServing, type Ended, type Serving } from './harness/tacit-process.ts';
import { postEvents, sessionEvents, untilQueryable } from './harness/wire-events.ts';

let dataDir: string;
let environment: Record<string, string>;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tacit-serve-'));
  // A key drawn at random puts both annotators on the test side now and then, where near-duplicates stay.
  environment = { TACIT_DATA_DIR: dataDir, TACIT_PSEUDONYM_KEY: 'one key for every run of this test' };
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

/** Standard output is one JSON object and a line feed, nothing else. */
function onlyJson({ code, stdout, stderr }: Ended): unknown {
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toMatch(/^\{.*\}\n$/);
  return JSON.parse(stdout);
}

const oneLine = /^tacit: [^\n]+ \(\w+\)\n$/;

describe('one process owns the data directory, the others work through it', () => {
  const events = [...sessionEvents('ada'), ...sessionEvents('ben')];
  let serving: Serving;
  let key: string;

  beforeAll(async () => {
    serving = await startServing(environment);
    const made = onlyJson(
      await runTacit(['keys', 'create', '--app', 'default', '--scope', 'write', '--json'], environment),
    ) as { app: string; scope: string; key: string };
    expect(made).toMatchObject({ app: 'default', scope: 'write' });
    key = made.key;
    const posted = await postEvents(serving.address, key, [...events, events[0] ?? {}, { type: 'nonsense' }]);
    expect(posted).toMatchObject({
      status: 202,
      body: { accepted: 15, rejected: [{ index: 15, code: 'unknown_type' }] },
    });
    expect(await untilQueryable(serving.address, key, posted.body.receipt)).toMatchObject({ duplicates: 1 });
  });

  const expected = {
    events: { turn: 8, regenerate: 2, like: 2, session_duration: 2 },
    annotators: 2,
    sessions: 2,
    duplicates: 1,
    dead_letters: 1,
  };

  test('stats, build, dropped, datasets and export through the owner, each with clean JSON', async () => {
    expect(onlyJson(await runTacit(['stats', '--json'], environment))).toMatchObject(expected);
    const built = onlyJson(await runTacit(['build', '--json'], environment)) as {
      dataset: string;
      pairs: number;
    };
    // Both annotators said the same words: one pair, and its near-duplicate left out.
    expect(built.pairs).toBe(1);
    const { datasets } = onlyJson(await runTacit(['datasets', '--json'], environment)) as {
      datasets: { dataset: string }[];
    };
    expect(datasets.map(({ dataset }) => dataset)).toEqual([built.dataset]);
    const out = join(dataDir, 'out');
    const exported = onlyJson(
      await runTacit(['export', built.dataset, '--format', 'trl-dpo', '--out', out, '--json'], environment),
    ) as { dir: string; rows: { train: number; validation: number; test: number }; files: string[] };
    expect(exported.dir).toBe(out);
    expect(exported.rows.train + exported.rows.validation + exported.rows.test).toBe(1);
    for (const file of exported.files) expect((await stat(join(out, file))).isFile()).toBe(true);

    const dropped = await runTacit(['dropped', '--stage', 'dead-letter', '--json'], environment);
    expect(dropped.code).toBe(0);
    const rows = dropped.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(rows).toMatchObject([{ stage: 'dead-letter', reason: 'unknown_type' }]);
  });

  test('keys are listed without their text, and revoked', async () => {
    const made = onlyJson(
      await runInProcess(['keys', 'create', '--scope', 'write', '--json'], environment),
    ) as {
      id: string;
      key: string;
    };
    const listed = await runInProcess(['keys', 'list', '--json'], environment);
    expect(listed.stdout).toContain(made.id);
    expect(listed.stdout).not.toContain(made.key);
    expect((await postEvents(serving.address, made.key, [])).status).toBe(202);
    onlyJson(await runInProcess(['keys', 'revoke', made.id, '--json'], environment));
    expect((await postEvents(serving.address, made.key, [])).status).toBe(401);
  });

  test('a second serve says in one line who owns the directory', async () => {
    const second = await runTacit(['serve'], environment);
    expect(second).toMatchObject({ code: 2, stdout: '' });
    expect(second.stderr).toMatch(oneLine);
    expect(second.stderr).toContain(`process ${String(serving.process.child.pid)} `);
    expect(second.stderr).toContain(serving.address);
  });

  test('control calls need the token, which only the owner of the files can read', async () => {
    expect((await stat(join(dataDir, 'serve.json'))).mode & 0o777).toBe(0o600);
    const body = JSON.stringify({ command: 'stats', options: { app: 'default' } });
    const call = (token?: string) =>
      fetch(new URL('/control/run', serving.address), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body,
      });
    expect((await call()).status).toBe(403);
    expect((await call('x'.repeat(43))).status).toBe(403);
    expect((await call(key)).status).toBe(403);
    const { token } = (await readOwnerHint(dataDir)) ?? { token: '' };
    const answer = await call(token);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('"kind":"result"');
  });

  test('an error in the owner is the same one line here', async () => {
    const missing = await runInProcess(
      ['export', 'nothing', '--format', 'trl-dpo', '--out', join(dataDir, 'x')],
      environment,
    );
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toMatch(/^tacit: [^\n]+ \(not_found\)\n$/);
  });

  test('SIGTERM ends it cleanly, and another process finds the same counts', async () => {
    const before = onlyJson(await runTacit(['stats', '--json'], environment));
    const startedMs = performance.now();
    expect(await serving.stop()).toMatchObject({ code: 0, stderr: '' });
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    await expect(stat(join(dataDir, 'serve.json'))).rejects.toThrow('ENOENT');
    expect(onlyJson(await runTacit(['stats', '--json'], environment))).toEqual(before);
    const doctor = onlyJson(await runTacit(['doctor', '--json'], environment)) as { status: string };
    expect(doctor.status).toBe('pass');
  });

  test('after a SIGKILL the hint is stale and harmless, and what was acknowledged is there', async () => {
    const killed = await startServing(environment);
    const posted = await postEvents(killed.address, key, sessionEvents('cy'));
    expect(posted.status).toBe(202);
    killed.process.child.kill('SIGKILL');
    await killed.process.ended;
    expect(await readOwnerHint(dataDir)).toBeDefined();
    expect(onlyJson(await runTacit(['stats', '--json'], environment))).toMatchObject({
      annotators: 3,
      sessions: 3,
    });
    const again = await startServing(environment);
    expect(await again.stop()).toMatchObject({ code: 0 });
  });
});

describe('misuse and faults of the surroundings: one line that says what to do, exit code 2', () => {
  test('a port that is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const ended = await runTacit(['serve'], { ...environment, TACIT_PORT: String(port) });
    await new Promise((resolve) => server.close(resolve));
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(oneLine);
    expect(ended.stderr).toContain(`port ${String(port)} `);
  });

  test('a broker that is not there', async () => {
    const kafka = { TACIT_EVENT_LOG: 'kafka://127.0.0.1:1', TACIT_PSEUDONYM_KEY: 'sixteen-and-more!' };
    const ended = await runInProcess(['topics'], { ...environment, ...kafka });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^tacit: [^\n]+ \(log_unavailable\)\n$/);
  });

  test('a ClickHouse that refuses the password', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(403, { 'x-clickhouse-exception-code': '516' });
      response.end('Code: 516. DB::Exception: tacit: Authentication failed. (AUTHENTICATION_FAILED)');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const ended = await runInProcess(['migrate'], {
      ...environment,
      TACIT_WAREHOUSE: `http://tacit:hunter2@127.0.0.1:${port}/tacit`,
    });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^tacit: [^\n]+ \(warehouse_unauthorized\)\n$/);
    expect(ended.stderr).not.toContain('hunter2');
  });

  test('another pseudonym key than the log was written with', async () => {
    const ended = await runTacit(['serve'], {
      ...environment,
      TACIT_PSEUDONYM_KEY: 'another key than before',
    });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^tacit: [^\n]+ \(pseudonym_key_mismatch\)\n$/);
  });

  test('an engine that ends the process out of turn', async () => {
    const errors = new URL('../../schemas/errors.ts', import.meta.url).href;
    const fault = `setTimeout(async () => {
      const { TacitError } = await import('${errors}');
      throw new TacitError('warehouse_write_failed', 'a write failed');
    }, 500)`;
    const ended = await runTacit(['serve'], {
      TACIT_DATA_DIR: await mkdtemp(join(dataDir, 'ended-')),
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}`,
    });
    expect(ended).toMatchObject({ code: 2, stderr: 'tacit: a write failed (warehouse_write_failed)\n' });
  });
});
