import { createServer, type Server } from 'node:http';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { ProbeSetPrompt } from '../../schemas/probe-set.ts';
import { createTextPolicy } from '../support/text-policy.ts';
import { runInProcess } from './harness/run-in-process.ts';
import { runTacit, startServing, type Serving } from './harness/tacit-process.ts';

let dir: string;
let environment: Record<string, string>;
let serving: Serving;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tacit-runs-'));
  // With a key of its own each time, now and then nobody of so few would be held out.
  environment = { TACIT_DATA_DIR: join(dir, 'data'), TACIT_PSEUDONYM_KEY: 'always the same people held out' };
  serving = await startServing(environment);
});
afterAll(async () => {
  await serving.stop();
  await rm(dir, { recursive: true, force: true });
});

/** In this process: the one that serves has the engines. */
const json = async <Body>(words: readonly string[]) => {
  const { stdout, stderr, code } = await runInProcess([...words, '--json'], environment);
  if (code !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
  return JSON.parse(stdout) as Body;
};

test('a probe set comes from the held-out side, and no train export holds its prompts', async () => {
  const world = ['simulate', '--world', 'confounded', '--annotators', '40', '--days', '3', '--seed', '3'];
  expect((await runTacit([...world, '--out', join(dir, 'world')], environment)).code).toBe(0);
  expect(
    (await runTacit(['replay', join(dir, 'world', 'events.ndjson'), '--format', 'events'], environment)).code,
  ).toBe(0);
  const { dataset } = await json<{ dataset: string }>(['build']);
  const file = join(dir, 'probes.jsonl');
  const report = await json<{ prompts: number }>(['probe-set', dataset, '--prompts', '12', '--out', file]);
  const prompts = (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ProbeSetPrompt);
  expect(prompts.length).toBe(report.prompts);
  expect(prompts.length).toBeGreaterThan(3);
  await json(['export', dataset, '--format', 'trl-dpo', '--out', join(dir, 'export')]);
  const trained = await readFile(join(dir, 'export', 'data', 'train.jsonl'), 'utf8');
  for (const { prompt } of prompts) expect(trained).not.toContain(JSON.stringify(prompt));
}, 180_000);

test('a checkpoint behind an OpenAI-compatible server is probed, and watched', async () => {
  const policy = createTextPolicy('endpoint', 8);
  const file = join(dir, 'own-probes.jsonl');
  await writeFile(
    file,
    policy.prompts
      .map(
        (prompt_id) => `${JSON.stringify({ prompt_id, prompt: [{ role: 'user', content: prompt_id }] })}\n`,
      )
      .join(''),
  );
  const server = await completionServer((prompt, n) =>
    policy
      .probe(0, n)
      .filter(({ prompt_id: id }) => id === prompt)
      .map(({ text }) => text),
  );
  const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/v1`;
  try {
    const probe = (step: number, phase: string) =>
      json<{ verdict: { action: string; reasons: string[] } }>([
        'runs',
        'probe',
        'served',
        '--step',
        String(step),
        '--phase',
        phase,
        '--endpoint',
        endpoint,
        '--probe-set',
        file,
        '--samples-per-prompt',
        '3',
        '--temperature',
        '1',
      ]);
    expect((await probe(0, 'baseline')).verdict.reasons[0]).toContain('1 of 5');
    expect((await probe(100, 'training')).verdict.action).toBe('continue');
    const other = await runInProcess(
      [
        'runs',
        'probe',
        'served',
        '--step',
        '200',
        '--endpoint',
        endpoint,
        '--probe-set',
        file,
        '--samples-per-prompt',
        '3',
        '--temperature',
        '0.5',
      ],
      environment,
    );
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('sampling.temperature')]);
  } finally {
    server.close();
  }
  expect(await json(['runs'])).toMatchObject({
    runs: [{ run: 'served', probes: { baseline: 1, training: 1 } }],
  });
  const shown = await runTacit(['runs', 'show', 'served'], environment);
  expect(shown.stdout).toContain('CONTINUE at step 100');
}, 180_000);

test('samples of a file stop a run that collapses; completions of TRL are rollouts; gauges show both', async () => {
  const policy = createTextPolicy('files', 16);
  const write = async (name: string, samples: readonly object[]) => {
    const file = join(dir, name);
    await writeFile(file, samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
    return file;
  };
  for (let step = 0; step < 5; step += 1) {
    const file = await write('baseline.jsonl', policy.probe(0));
    await json(['runs', 'probe', 'filed', '--step', String(step), '--phase', 'baseline', '--samples', file]);
  }
  const steps = [0, 0, 0.6, 0.8, 0.9].flatMap((share, i) =>
    policy.probe(share).map((sample) => ({ ...sample, step: i + 1 })),
  );
  const { verdict } = await json<{ verdict: { action: string; last_good_step: number } }>([
    'runs',
    'probe',
    'filed',
    '--samples',
    await write('training.jsonl', steps),
  ]);
  expect(verdict).toMatchObject({ action: 'stop', last_good_step: 2 });

  const rows = policy.probe(0, 2);
  const parquet = join(dir, 'completions_00007.parquet');
  await writeFile(
    parquet,
    new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: 'step', data: rows.map(() => 7), type: 'INT32' },
          { name: 'prompt', data: rows.map(({ prompt_id }) => prompt_id), type: 'STRING' },
          { name: 'completion', data: rows.map(({ text }) => text), type: 'STRING' },
          { name: 'reward_length', data: rows.map(() => 0.5), type: 'DOUBLE' },
          { name: 'advantage', data: rows.map(() => 0), type: 'DOUBLE' },
        ],
      }),
    ),
  );
  await json(['runs', 'probe', 'grpo', '--samples', parquet]);
  expect(await json(['runs', 'show', 'grpo'])).toMatchObject({
    kind: 'rollout',
    series: [{ step: 7, trainer_metrics: { reward: 0.5 } }],
  });

  const metrics = await (await fetch(new URL('/metrics', serving.address))).text();
  expect(metrics).toMatch(/tacit_run_action\{app="default",run="filed"\} 2/);
  expect(metrics).toMatch(
    /tacit_run_e_value\{app="default",run="filed",metric="opener_dominance",against="baseline"\} \d/,
  );
  const watched = await runTacit(['runs', 'watch', 'filed', '--until-stop'], environment);
  expect([watched.code, watched.stdout]).toEqual([0, expect.stringContaining('step 5: stop.')]);
}, 180_000);

/** Answers chat completions with two choices at most, as servers that ignore `n` do. */
async function completionServer(replies: (prompt: string, n: number) => string[]): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { messages, n } = JSON.parse(Buffer.concat(chunks).toString()) as {
        messages: { content: string }[];
        n: number;
      };
      const texts = replies(messages.at(-1)?.content ?? '', Math.min(2, n));
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          choices: texts.map((content) => ({
            message: { role: 'assistant', content },
            finish_reason: 'stop',
          })),
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
