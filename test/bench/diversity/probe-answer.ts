import { createRunsFixture } from '../../support/runs-fixture.ts';
import { createTextPolicy } from '../../support/text-policy.ts';
import { openWarehouseFixture } from '../../support/warehouse-fixture.ts';

// What a fresh process takes to answer probes of 32 prompts x 4 replies of about 60 words over the runs API, chDB on disk
// included: prints one JSON object. The last of the baseline measures all of it anew, at its own token count.
const store = await openWarehouseFixture();
const api = await createRunsFixture(store.warehouse);
const policy = createTextPolicy('answer', 32);
await api.put('answer', { prompts: policy.prompts, samples_per_prompt: 4 });

async function answerMs(step: number, phase: 'baseline' | 'training'): Promise<number> {
  const body = { step, phase, samples: policy.probe(0) };
  const start = performance.now();
  const { status } = await api.probe('answer', body);
  if (status !== 200) throw new Error(`answered with ${String(status)}`);
  return performance.now() - start;
}

const baseline: number[] = [];
for (let step = 0; step < 5; step += 1) baseline.push(await answerMs(step, 'baseline'));
const training: number[] = [];
for (let step = 1; step <= 30; step += 1) training.push(await answerMs(step, 'training'));
training.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    first: baseline[0],
    baselineComplete: baseline[4],
    median: training[15],
    slowest: training[29],
  }),
);
await store.close();
