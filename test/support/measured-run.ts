import { expect } from 'vitest';

import type { RunsFixture } from './runs-fixture.ts';
import type { TextPolicy } from './text-policy.ts';

export const sampling = { temperature: 1, top_p: 0.95, max_tokens: 128 };

/** Makes a run of a policy's prompts; `more` stands over what it would be otherwise. */
export async function newRun(
  api: RunsFixture,
  run: string,
  policy: TextPolicy,
  more: object = {},
): Promise<void> {
  const { status } = await api.put(run, {
    prompts: policy.prompts,
    samples_per_prompt: 4,
    sampling,
    planned_evaluations: 12,
    ...more,
  });
  expect(status).toBe(201);
}

/** Sends the five evaluations of its baseline. */
export async function measureBaseline(
  api: RunsFixture,
  run: string,
  policy: TextPolicy,
  collapsed = 0,
): Promise<void> {
  for (let step = 0; step < 5; step += 1) {
    const { status } = await api.probe(run, { step, phase: 'baseline', samples: policy.probe(collapsed) });
    expect(status).toBe(200);
  }
}
