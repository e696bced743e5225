import { afterAll, beforeAll, expect, test } from 'vitest';

import type { RunGroups } from '../../../schemas/runs.ts';
import { runGroupsSection } from '../../../services/console/pages/run-groups.ts';
import { createRunsFixture, type RunsFixture } from '../../support/runs-fixture.ts';
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

const english = ['the river runs cold under the stone bridge', 'she keeps a lantern by the old north door'];
const chinese = ['今天的天气非常好我们去公园散步吧', '昨晚的月亮很圆他在河边等了很久'];
const prompts = Array.from({ length: 12 }, (_, i) => ({
  prompt_id: `p${String(i)}`,
  language: i < 8 ? 'en' : 'zh',
  depth: i % 2 === 0 ? '1-3' : '>20',
  tier: i % 4 < 2 ? 'popular' : 'niche',
}));

/** Niche English characters say one thing only. */
const samplesOf = (turn: number) =>
  prompts.flatMap(({ prompt_id, language, tier }, p) =>
    [0, 1].map((s) => {
      const texts = language === 'en' ? english : chinese;
      const own = `${texts[(p + s) % 2] ?? ''} ${language === 'en' ? `word${String(p)} word${String(s + turn)}` : ''}`;
      return { prompt_id, text: language === 'en' && tier === 'niche' ? 'as ever I am sorry my dear' : own };
    }),
  );

test('depth and tier of each language have a series of their own, kept over a restart', async () => {
  await api.put('grouped', { prompts, samples_per_prompt: 2 });
  for (let step = 0; step < 5; step += 1)
    await api.probe('grouped', { step, phase: 'baseline', samples: samplesOf(step) });
  await api.probe('grouped', { step: 10, phase: 'training', samples: samplesOf(6) });

  const again = await createRunsFixture(warehouse.warehouse);
  const { status, body } = await again.call<RunGroups>('GET', '/v1/runs/grouped/groups', undefined, 'read');
  expect(status).toBe(200);
  expect(body.series.map(({ phase, step }) => `${phase} ${String(step)}`)).toEqual([
    ...['baseline 0', 'baseline 1', 'baseline 2', 'baseline 3', 'baseline 4', 'training 10'],
  ]);
  for (const { groups } of body.series) {
    expect(groups.map(({ language, by, value, prompts: count }) => [language, by, value, count])).toEqual([
      ['en', 'depth', '1-3', 4],
      ['en', 'depth', '>20', 4],
      ['en', 'tier', 'popular', 4],
      ['en', 'tier', 'niche', 4],
      ['zh', 'depth', '1-3', 2],
      ['zh', 'depth', '>20', 2],
      ['zh', 'tier', 'popular', 2],
      ['zh', 'tier', 'niche', 2],
    ]);
    const vendi = (value: string) =>
      groups.find((group) => group.language === 'en' && group.value === value)?.metrics['vendi_share'];
    expect(vendi('niche')).toBeCloseTo(1 / 4, 9);
    expect(vendi('popular')).toBeGreaterThan(0.4);
  }

  const { body: detail } = await again.detail('grouped');
  expect(detail.series.at(-1)?.metrics).toHaveProperty(['vendi.en']);
  expect(detail.series.at(-1)?.metrics).not.toHaveProperty('vendi');
  expect(detail.series.at(-1)?.absent).toContainEqual({
    metric: 'separation.zh',
    reason: 'needs two characters with replies to at least two prompts each',
  });

  const page = runGroupsSection(body)?.html ?? '';
  expect(page).toMatch(/By depth[\s\S]*&gt;20 \(zh\)[\s\S]*By tier of the character[\s\S]*niche \(en\)/);
  expect(page).toContain('0.25 (0.25)');
});

test('where prompts have neither depth nor tier there are no groups, and nothing is shown', async () => {
  await api.put('plain', { prompts: ['a', 'b'], samples_per_prompt: 1 });
  const samples = ['a', 'b'].map((prompt_id) => ({ prompt_id, text: 'some words to read' }));
  await api.probe('plain', { step: 0, phase: 'baseline', samples });
  const { body } = await api.call<RunGroups>('GET', '/v1/runs/plain/groups');
  expect(body.series).toEqual([{ step: 0, phase: 'baseline', groups: [] }]);
  expect(runGroupsSection(body)).toBeUndefined();
  expect((await api.call('GET', '/v1/runs/nobody/groups')).status).toBe(404);
});
