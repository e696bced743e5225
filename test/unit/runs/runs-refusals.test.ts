import { afterAll, beforeAll, describe, expect, test } from 'vitest';

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

describe('what cannot be compared is refused', () => {
  const policy = createTextPolicy('refused', 8);
  beforeAll(async () => {
    await newRun(api, 'refused', policy);
    await measureBaseline(api, 'refused', policy);
  });
  const samples = policy.probe(0);
  const short = samples.filter(({ prompt_id: prompt }) => prompt !== 'prompt-3');

  test.each([
    [
      'another temperature',
      { samples, sampling: { ...sampling, temperature: 0.7 } },
      'sampling.temperature',
      /expected 1, got 0.7/,
    ],
    [
      'another max_tokens',
      { samples, sampling: { ...sampling, max_tokens: 32 } },
      'sampling.max_tokens',
      /expected 128, got 32/,
    ],
    ['a prompt that is missing', { samples: short }, 'prompts', /prompt-3/],
    [
      'a prompt that is unknown',
      { samples: [...samples, { prompt_id: 'other', text: 'a' }] },
      'prompts',
      /other/,
    ],
    [
      'another count',
      { samples: [...samples, ...samples.slice(0, 1)] },
      'samples_per_prompt',
      /"prompt-0":5/,
    ],
  ])('%s', async (_what, body, field, says) => {
    const { status, body: problem } = await api.probe('refused', { step: 1, phase: 'training', ...body });
    expect([status, problem.code, problem.differs?.map((each) => each.field)]).toEqual([
      422,
      'not_comparable',
      [field],
    ]);
    expect(problem.message).toMatch(says);
    expect((await api.verdict('refused')).body.evaluations.training).toBe(0);
  });

  test('a seed may differ, and sampling that the run did not name is held from the first probe on', async () => {
    await newRun(api, 'unnamed', policy, { sampling: undefined });
    const probe = (step: number, now: object) =>
      api.probe('unnamed', { step, phase: 'baseline', samples, sampling: now });
    expect((await probe(0, { temperature: 1, seed: 1 })).status).toBe(200);
    expect((await probe(1, { temperature: 1, seed: 2 })).status).toBe(200);
    expect((await probe(2, { temperature: 0.2, seed: 3 })).status).toBe(422);
  });

  test('a run that has probes stays as it was put; the same again is no change', async () => {
    const same = { prompts: policy.prompts, samples_per_prompt: 4, sampling, planned_evaluations: 12 };
    expect((await api.put('refused', same)).status).toBe(200);
    const { status, body } = await api.put('refused', { ...same, margin: 0.2 });
    expect([status, body.code, body.differs]).toEqual([
      409,
      'run_changed',
      [{ field: 'margin', expected: 0.1, got: 0.2 }],
    ]);
  });
});

describe('bad input', () => {
  const policy = createTextPolicy('bad', 4);
  beforeAll(async () => {
    await newRun(api, 'bad', policy);
  });
  const probe = { step: 1, phase: 'training', samples: policy.probe(0) };
  const json = (body: object) => JSON.stringify(body);

  test.each([
    ['a bare NaN of Python', json({ ...probe, metrics: { kl: 7.25 } }).replace('7.25', 'NaN'), 'metrics.kl'],
    [
      '-Infinity',
      json({ ...probe, metrics: { reward: 7.25 } }).replace('7.25', '-Infinity'),
      'metrics.reward',
    ],
    ['NaN as JavaScript sends it', json({ ...probe, metrics: { kl: Number.NaN } }), 'metrics.kl'],
    [
      'NaN in a sample',
      json({ ...probe, samples: [{ prompt_id: 'prompt-0', text: 'NaN', entropy: 7.25 }] }).replace(
        '7.25',
        'NaN',
      ),
      'samples[0].entropy',
    ],
    ['a step that is no whole number', json({ ...probe, step: 1.5 }), 'step'],
    ['no samples', json({ ...probe, samples: [] }), 'samples'],
    ['another phase', json({ ...probe, phase: 'end' }), 'phase'],
  ])('%s gets 400 that says where', async (_what, body, path) => {
    const { status, body: problem } = await api.call<{
      code: string;
      message: string;
      faults: { path: string }[];
    }>('POST', '/v1/runs/bad/probes', body);
    expect([status, problem.code, problem.faults.map((fault) => fault.path)]).toEqual([
      400,
      'invalid_request',
      [path],
    ]);
    expect(problem.message).toContain(path);
  });

  test('no JSON, no such run, no run of that shape', async () => {
    expect((await api.call('POST', '/v1/runs/bad/probes', '{"a"')).status).toBe(400);
    expect((await api.probe('nobody', probe)).status).toBe(404);
    expect((await api.verdict('nobody')).status).toBe(404);
    expect((await api.put('x', { prompts: [], samples_per_prompt: 4 })).status).toBe(400);
    expect((await api.put('x', { prompts: ['a', 'a'], samples_per_prompt: 4 })).status).toBe(400);
    expect(
      (await api.put('x', { prompts: ['a'], samples_per_prompt: 4, baseline_evaluations: 2 })).status,
    ).toBe(400);
  });

  test('empty texts, emoji, mixed scripts and a reply of a megabyte are measured', async () => {
    const odd = [
      '',
      '   ',
      '👩‍👩‍👧‍👦🔥🔥',
      '你好，今天天气很好 and then English',
      '\u0000\ud800',
      'word '.repeat(200_000),
      '...',
      'é',
    ];
    const samples = (shift: number) =>
      policy.prompts.flatMap((prompt_id, p) =>
        Array.from({ length: 4 }, (_, s) => ({ prompt_id, text: odd[(p + s + shift) % odd.length] })),
      );
    for (let step = 0; step < 5; step += 1)
      expect((await api.probe('bad', { step, phase: 'baseline', samples: samples(step) })).status).toBe(200);
    const { status, body } = await api.probe('bad', { step: 1, phase: 'training', samples: samples(1) });
    expect(status).toBe(200);
    expect(Object.values(body.metrics).every(Number.isFinite)).toBe(true);
    const silent = samples(0).map(({ prompt_id }) => ({ prompt_id, text: '' }));
    expect((await api.probe('bad', { step: 2, phase: 'training', samples: silent })).status).toBe(200);
  });
});
