import { readFileSync } from 'node:fs';

import { expect } from 'vitest';

import { createRandom } from '../../../pipelines/maths/random.ts';
import { drawIndex } from '../../../pipelines/maths/draws.ts';
import { createRunsFixture } from '../../support/runs-fixture.ts';
import { testWithData } from '../../support/shared-data.ts';
import { openWarehouseFixture } from '../../support/warehouse-fixture.ts';

interface Report {
  readonly prompts: readonly {
    readonly results: readonly { readonly sampling_config: string; readonly outputs: readonly string[] }[];
  }[];
}

/** Real replies of one model under two decodings: the greedy ones are what a collapsed policy gives. */
testWithData(
  'oasst_sampling_pythia_12b.json',
  'a run that moves from k50 to greedy samples is stopped; changed settings are refused, not taken for a collapse',
  async (path) => {
    const { prompts } = JSON.parse(readFileSync(path, 'utf8')) as Report;
    const outputs = (config: string) =>
      prompts.map(({ results }) => results.find((each) => each.sampling_config === config)?.outputs ?? []);
    const [lively, greedy] = [outputs('k50'), outputs('greedy')];
    const random = createRandom('k50 to greedy');
    const ids = lively.map((_, index) => `p${String(index)}`);
    // Two replies a prompt were recorded: an evaluation takes one of them, which repeats differently.
    const probe = (greedyShare: number) =>
      ids.map((prompt_id, index) => {
        const from = (random.unit() < greedyShare ? greedy : lively)[index] ?? [];
        return { prompt_id, text: from[drawIndex(random, from.length)] ?? '' };
      });
    const { warehouse, close } = await openWarehouseFixture();
    try {
      const api = await createRunsFixture(warehouse);
      const sampling = { temperature: 1, top_k: 50, max_tokens: 128 };
      const settings = { prompts: ids, samples_per_prompt: 1, sampling, planned_evaluations: 12 };
      await api.put('to-greedy', settings);
      await api.put('stays', settings);
      for (const run of ['to-greedy', 'stays'])
        for (let step = 0; step < 5; step += 1)
          await api.probe(run, { step, phase: 'baseline', sampling, samples: probe(0) });
      for (const [name, value] of [
        ['max_tokens', 25],
        ['temperature', 0],
      ] as const) {
        const changed = { ...sampling, [name]: value };
        const refused = await api.probe('stays', {
          step: 1,
          phase: 'training',
          sampling: changed,
          samples: probe(1),
        });
        expect([refused.status, refused.body.differs?.[0]?.field]).toEqual([422, `sampling.${name}`]);
      }
      for (let step = 1; step <= 12; step += 1) {
        await api.probe('to-greedy', {
          step,
          phase: 'training',
          sampling,
          samples: probe(Math.max(0, (step - 4) / 8)),
        });
        await api.probe('stays', { step, phase: 'training', sampling, samples: probe(0) });
      }
      expect((await api.verdict('stays')).body.action).toBe('continue');
      const { body } = await api.verdict('to-greedy');
      expect(body.action).toBe('stop');
      expect(body.last_good_step).toBeGreaterThanOrEqual(4);
      expect(body.last_good_step).toBeLessThan(body.stop_step ?? 0);
    } finally {
      await close();
    }
  },
);
