import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { RunDetail } from '../../../schemas/runs.ts';
import { measureBaseline, newRun, sampling } from '../../support/measured-run.ts';
import { createRunsFixture, type RunsFixture } from '../../support/runs-fixture.ts';
import { createTextPolicy } from '../../support/text-policy.ts';
import { openWarehouseFixture, type WarehouseFixture } from '../../support/warehouse-fixture.ts';

let warehouse: WarehouseFixture;
let api: RunsFixture;
beforeAll(async () => {
  warehouse = await openWarehouseFixture();
  api = await createRunsFixture(warehouse.warehouse);
});
afterAll(async () => {
  await warehouse.close();
});

describe('a run from beginning to end', () => {
  const policy = createTextPolicy('whole', 16);
  const bodies = Array.from({ length: 12 }, (_, i) => ({
    step: 100 * (i + 1),
    epoch: (i + 1) / 6,
    phase: 'training',
    samples: policy.probe(Math.max(0, (i - 3) / 8)),
    metrics: { kl: i / 10, reward: i },
  }));

  test('goes from no verdict over continue to stop, with what to ship', async () => {
    await newRun(api, 'whole', policy, { policy: 'tiny', dataset: 'd1', base_model_version: 'm1' });
    const early = await api.probe('whole', { step: 0, phase: 'baseline', samples: policy.probe(0) });
    expect(early.body.verdict).toMatchObject({ action: 'continue', evidence: [], last_good_step: null });
    expect(early.body.verdict.reasons[0]).toContain('1 of 5');
    for (let step = 1; step < 5; step += 1)
      await api.probe('whole', { step, phase: 'baseline', samples: policy.probe(0) });
    const actions: string[] = [];
    for (const body of bodies) {
      const answer = await api.probe('whole', body);
      expect(answer.status).toBe(200);
      expect(answer.body.metrics['opener_dominance']).toBeTypeOf('number');
      actions.push(answer.body.verdict.action);
    }
    expect(actions.slice(0, 4)).toEqual(['continue', 'continue', 'continue', 'continue']);
    expect(actions.at(-1)).toBe('stop');
    const { body: verdict } = await api.verdict('whole');
    expect(verdict).toMatchObject({
      action: 'stop',
      step: 1200,
      epoch: 2,
      kl: 1.1,
      average_run_length: 1200,
    });
    expect([300, 400, 500, 600]).toContain(verdict.last_good_step);
    expect(verdict.stop_step).toBe(bodies[actions.indexOf('stop')]?.step);
    expect(verdict.reasons.join(' ')).toMatch(
      /Diversity fell and dominance rose.*Ship the checkpoint of step/,
    );
    expect(verdict.evidence.find(({ group }) => group === 'dominance')?.e_value).toBeGreaterThan(1200);
    expect(verdict.evaluations).toEqual({ baseline: 5, training: 12 });
    // The edge of the margin lies on the side of the loss.
    for (const { group, baseline, limit } of verdict.evidence)
      expect(Math.sign(limit - baseline)).toBe(group === 'dominance' ? 1 : -1);
  });

  test('is listed, shown with its series, and tells what took over', async () => {
    const list = await api.call<{ runs: { run: string; action: string; step: number }[] }>('GET', '/v1/runs');
    expect(list.body.runs).toEqual([
      expect.objectContaining({ run: 'whole', action: 'stop', step: 1200, dataset: 'd1' }),
    ]);
    const { body: detail } = await api.detail('whole');
    expect(detail.series.map(({ phase, step }) => `${phase} ${String(step)}`).slice(3, 7)).toEqual([
      ...['baseline 3', 'baseline 4', 'training 100', 'training 200'],
    ]);
    expect(detail.series.at(-1)).toMatchObject({ trainer_metrics: { kl: 1.1, reward: 11 }, action: 'stop' });
    expect(detail.patterns[0]).toMatchObject({ prompt_share: 1, baseline_share: 0 });
  });

  test('is the same after a restart', async () => {
    const before = await api.detail('whole');
    const again = await createRunsFixture(warehouse.warehouse);
    expect((await again.detail('whole')).body).toEqual(before.body);
    const { step, phase } = bodies[3] ?? {};
    const repeated = await again.probe('whole', { step, phase, samples: policy.probe(1) });
    expect(repeated.headers['x-tacit-repeated']).toBe('true');
  });

  test('a probe sent twice answers the same, and counts once', async () => {
    const first = await api.probe('whole', bodies[5] ?? {});
    const second = await api.probe('whole', { ...bodies[5], samples: policy.probe(0) });
    expect(second.body).toEqual(first.body);
    expect((await api.verdict('whole')).body.evaluations).toEqual({ baseline: 5, training: 12 });
  });

  test('steps out of order give the same verdict', async () => {
    await newRun(api, 'shuffled', policy);
    for (const index of [7, 0, 11, 3, 1, 10, 2, 9, 4, 8, 6, 5])
      expect((await api.probe('shuffled', bodies[index] ?? {})).body.verdict.action).toBe('continue');
    const { body: detail } = await api.detail('whole');
    const rows = await warehouse.warehouse.query<{ step: number; prompt_id: string; text: string }>({
      sql: "SELECT step, prompt_id, text FROM run_samples FINAL WHERE run_id = 'whole' AND phase = 'baseline' ORDER BY step, sample_index",
    });
    for (const step of [2, 0, 4, 3, 1]) {
      const samples = rows
        .filter((row) => row.step === step)
        .map(({ prompt_id, text }) => ({ prompt_id, text }));
      await api.probe('shuffled', { step, phase: 'baseline', samples });
    }
    expect((await api.verdict('shuffled')).body).toEqual(detail.verdict);
  });
});

test('a policy that stays as it was is left alone, also at one sample a prompt', async () => {
  for (const samples of [1, 4]) {
    const policy = createTextPolicy(`steady ${String(samples)}`, 16);
    const run = `steady-${String(samples)}`;
    await newRun(api, run, policy, { samples_per_prompt: samples });
    for (let step = 0; step < 5; step += 1)
      await api.probe(run, { step, phase: 'baseline', samples: policy.probe(0, samples) });
    for (let step = 1; step <= 12; step += 1) {
      const { body } = await api.probe(run, { step, phase: 'training', samples: policy.probe(0, samples) });
      expect(body.verdict.action).toBe('continue');
      expect(body.verdict.last_good_step).toBe(step);
    }
  }
});

test('one thing alone only warns', async () => {
  const policy = createTextPolicy('opener', 16);
  await newRun(api, 'opener', policy);
  await measureBaseline(api, 'opener', policy);
  const actions: string[] = [];
  for (let step = 1; step <= 6; step += 1) {
    const samples = policy.probe(0).map((sample) => ({ ...sample, text: `Oh my dear, ${sample.text}` }));
    actions.push((await api.probe('opener', { step, phase: 'training', samples })).body.verdict.action);
  }
  expect(actions.at(-1)).toBe('warn');
  expect(actions).not.toContain('stop');
});

test.each([
  ['nothing', ''],
  ['signs', '…, …, …!'],
  ['one word', 'Yes.'],
])('a policy that comes to say %s is stopped, with one sample a prompt too', async (what, text) => {
  for (const samples of [1, 2]) {
    const policy = createTextPolicy(`silent ${what}`, 16);
    const run = `silent-${what}-${String(samples)}`;
    await newRun(api, run, policy, { samples_per_prompt: samples });
    for (let step = 0; step < 5; step += 1)
      await api.probe(run, { step, phase: 'baseline', samples: policy.probe(0, samples) });
    for (let step = 1; step <= 5; step += 1) {
      const silent = policy.probe(0, samples).map(({ prompt_id }) => ({ prompt_id, text }));
      await api.probe(run, {
        step,
        phase: 'training',
        samples: step < 3 ? policy.probe(0, samples) : silent,
      });
    }
    const { body } = await api.verdict(run);
    expect([body.action, body.last_good_step]).toEqual(['stop', 2]);
    expect(body.stop_step).toBeLessThanOrEqual(4);
  }
});

test('a key of the scope runs writes, one of read only reads, others do neither; apps do not see each other', async () => {
  const policy = createTextPolicy('keys', 4);
  const body = { prompts: policy.prompts, samples_per_prompt: 4 };
  const status = async (key: string, method: 'GET' | 'PUT') =>
    (await api.call(method, '/v1/runs/keys', method === 'PUT' ? body : undefined, key)).status;
  expect(await status('nothing', 'PUT')).toBe(401);
  expect(await status('write', 'PUT')).toBe(403);
  expect(await status('read', 'PUT')).toBe(403);
  expect(await status('runs', 'PUT')).toBe(201);
  expect(await status('read', 'GET')).toBe(200);
  expect(await status('write', 'GET')).toBe(403);
  expect(await status('runs:other', 'GET')).toBe(404);
});

test('runs of one name in two apps share nothing, also after a restart', async () => {
  const policy = createTextPolicy('namesakes', 4);
  const body = { prompts: policy.prompts, samples_per_prompt: 4 };
  for (const key of ['runs', 'runs:other']) await api.call('PUT', '/v1/runs/namesake', body, key);
  await measureBaseline(api, 'namesake', policy);
  const again = await createRunsFixture(warehouse.warehouse);
  const { body: other } = await again.call<RunDetail>('GET', '/v1/runs/namesake', undefined, 'runs:other');
  expect([other.series, other.verdict.evaluations.baseline]).toEqual([[], 0]);
  const { body: list } = await again.call<{ runs: unknown[] }>('GET', '/v1/runs', undefined, 'runs:other');
  expect(list.runs).toHaveLength(1);
});

test('rollouts of other prompts each step may warn, and never stop', async () => {
  await api.put('rollout', { kind: 'rollout', planned_evaluations: 24 });
  const actions: string[] = [];
  for (let step = 0; step < 20; step += 1) {
    const policy = createTextPolicy(`rollout ${String(step)}`, 12);
    const samples = policy
      .probe(step < 10 ? 0 : 1)
      .map(({ prompt_id, text }) => ({ prompt_id: `${String(step)} ${prompt_id}`, text }));
    const { body } = await api.probe('rollout', { step, phase: 'training', samples });
    expect(body.metrics).not.toHaveProperty('opener_dominance');
    actions.push(body.verdict.action);
  }
  // The first five are the baseline, and are not judged against themselves.
  expect((await api.verdict('rollout')).body.evaluations).toEqual({ baseline: 5, training: 15 });
  expect(new Set(actions.slice(0, 10))).toEqual(new Set(['continue']));
  expect(actions.at(-1)).toBe('warn');
  expect(actions).not.toContain('stop');
});

test('rounds that each lose a little are stopped against the run that they began with', async () => {
  const policy = createTextPolicy('rounds', 24);
  const lost = [0, 0.07, 0.14, 0.21, 0.28];
  const actions: string[] = [];
  for (let round = 1; round < lost.length; round += 1) {
    const run = `round-${String(round)}`;
    await newRun(api, run, policy, round === 1 ? {} : { anchor_run: `round-${String(round - 1)}` });
    await measureBaseline(api, run, policy, lost[round - 1]);
    for (let step = 1; step <= 4; step += 1)
      await api.probe(run, { step, phase: 'training', samples: policy.probe(lost[round] ?? 0) });
    actions.push((await api.verdict(run)).body.action);
  }
  expect(actions[0]).not.toBe('stop');
  expect(actions.at(-1)).toBe('stop');
  const { evidence } = (await api.verdict('round-4')).body;
  const strongest = (against: string) => evidence.find((row) => row.against === against)?.e_value ?? 0;
  expect(strongest('baseline')).toBeLessThan(1_200);
  expect(strongest('round-1')).toBeGreaterThan(1_200);
});

test('an anchor must be known, complete and alike', async () => {
  const policy = createTextPolicy('anchored', 8);
  const body = { prompts: policy.prompts, samples_per_prompt: 4, sampling };
  const refusal = async (more: object) =>
    (await api.put('anchored', { ...body, ...more })).body.differs?.map(({ field }) => field);
  expect(await refusal({ anchor_run: 'nobody' })).toEqual(['anchor_run']);
  await newRun(api, 'anchor', policy);
  expect(await refusal({ anchor_run: 'anchor' })).toEqual(['anchor_run']);
  await measureBaseline(api, 'anchor', policy);
  expect(await refusal({ anchor_run: 'anchor', samples_per_prompt: 8 })).toEqual(['samples_per_prompt']);
  expect(await refusal({ anchor_run: 'anchor', sampling: { ...sampling, temperature: 0 } })).toEqual([
    'sampling.temperature',
  ]);
  expect((await api.put('anchored', { ...body, anchor_run: 'anchor' })).status).toBe(201);
});

test('a probe of 32 prompts and 4 replies of 60 words is answered fast', async () => {
  const policy = createTextPolicy('fast', 32);
  await newRun(api, 'fast', policy, { planned_evaluations: 120 });
  await measureBaseline(api, 'fast', policy);
  const [times, processorTimes]: [number[], number[]] = [[], []];
  for (let step = 1; step <= 12; step += 1) {
    const body = { step, phase: 'training', samples: policy.probe(0) };
    const [start, before] = [performance.now(), process.cpuUsage()];
    await api.probe('fast', body);
    const { user, system } = process.cpuUsage(before);
    times.push(performance.now() - start);
    processorTimes.push((user + system) / 1000);
  }
  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[6] ?? Number.NaN;
  // Two cores have so much time in 250 ms, however busy they are with other things.
  const boundMs = 2 * 250;
  process.stderr.write(
    `a probe of 32 x 4 replies: median ${median(times).toFixed(0)} ms (to reach: 250), ${median(processorTimes).toFixed(0)} ms of processor time (fails from ${String(boundMs)})\n`,
  );
  expect(median(processorTimes)).toBeLessThan(boundMs);
});
