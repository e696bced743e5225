import { createHash } from 'node:crypto';

import type {
  StoredGroup,
  StoredPair,
  StoredPrompt,
  StoredSingle,
} from '../../pipelines/export/stored-rows.ts';
import type { ChatMessage } from '../../schemas/preference-row.ts';
import type { Split } from '../../schemas/provenance.ts';
import type { Warehouse } from '../../services/engines/warehouse/warehouse.ts';

/** Rows as a build stores them, with the shapes that break loaders. */

export const app = 'default';
export const dataset = 'ds-fixture';

const digits = (text: string) => createHash('md5').update(text).digest('hex');
const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });
const card: ChatMessage = {
  role: 'system',
  content: 'You are Ada, a lighthouse keeper. "Quote", \u2028 and 中文。',
};

const prompts: readonly (readonly ChatMessage[])[] = [
  [card, user('Hello'), assistant('Good evening.'), user('How is the lamp?')],
  [user('你好')],
  [card, assistant('The greeting comes first.'), user('Hi')],
  [user('First.'), user('And again.'), assistant('Yes?'), assistant('Two bubbles.'), user('Go on')],
  [{ role: 'system', content: 'long '.repeat(1_400) }, user('Short question')],
  [user('Ends with the model'), assistant('so that it does not alternate')],
  [user('Look it up'), { role: 'tool', content: '{"found": 3}' }, user('And?')],
];
const splitOf = (at: number): Split => (at % 4 === 3 ? 'test' : 'train');
const promptOf = (at: number) => prompts[at % prompts.length] ?? [];

const shared = (at: number) => ({
  split: splitOf(at),
  annotator_id: `ann${String(at % 9)}`,
  character_id: at % 2 ? 'ada' : '',
  cohort: 'regular-rater',
  language: at % 7 === 1 ? 'zh' : 'en',
  context_source: 'rebuilt' as const,
  day_number: 20_000 + at,
  prompt: promptOf(at),
});

export const pairs: readonly StoredPair[] = Array.from({ length: 28 }, (_, at) => ({
  ...shared(at),
  pair_id: digits(`pair ${String(at)}`),
  group_id: digits(`group ${String(at)}`).toUpperCase(),
  source: at % 2 ? 'like' : 'regenerate',
  sources: at % 2 ? ['like', 'regenerate'] : ['regenerate'],
  chosen_turn_id: `c${String(at)}`,
  rejected_turn_id: `r${String(at)}`,
  session_id: `s${String(at)}`,
  chosen_model_version: 'm1',
  rejected_model_version: 'm1',
  delta: 1.25,
  std_error: 0.5,
  p: 0.8 + (at % 20) / 100,
  group_share: 1,
  weight: 1,
  inclusion: 1,
  tier: 'niche',
  stage: '1-3',
  gold: at % 8 === 7,
  chosen: [assistant(`  The lamp is lit, ${String(at)}.\n`)],
  rejected: [assistant(`The lamp is out, ${String(at)} 中文`)],
}));

export const singles: readonly StoredSingle[] = Array.from({ length: 21 }, (_, at) => ({
  ...shared(at),
  single_id: digits(`single ${String(at)}`),
  group_id: digits(`group ${String(at)}`).toUpperCase(),
  source: 'like',
  turn_id: `t${String(at)}`,
  session_id: `s${String(at)}`,
  model_version: 'm1',
  label: at % 3 > 0,
  p: at % 3 > 0 ? 0.9 : 0.1,
  reward: at % 3 > 0 ? 1 : -1,
  std_error: 0.5,
  weight: at % 2 === 0 ? 0.75 : 1.25,
  completion: [assistant(`Reply ${String(at)}`)],
}));

export const groups: readonly StoredGroup[] = Array.from({ length: 14 }, (_, at) => ({
  ...shared(at),
  group_id: digits(`group ${String(at)}`).toUpperCase(),
  session_id: `s${String(at)}`,
  turn_ids: ['x', 'y', 'z'],
  model_versions: ['m1', 'm1', 'm1'],
  rewards: [0.5, 0.25, 0.25],
  std_errors: [0.5, 0.5, 0.75],
  weight: at % 2 === 0 ? 0.5 : 1.5,
  flagged: [false, false, true],
  completions: [[assistant('best')], [assistant('as good')], [assistant('as the other')]],
}));

export const promptRows: readonly StoredPrompt[] = Array.from({ length: 14 }, (_, at) => ({
  ...shared(at),
  prompt_id: digits(`prompt ${String(at)}`),
  stage: '1-3',
  tier: 'middle',
}));

const manifest = {
  app,
  dataset,
  events: 1_000,
  events_fingerprint: 'f',
  config: { method: 'reactions', cross_model: false, test_share: 0.1 },
  plan_hash: 'plan',
  code_version: 'test',
  seed: '1',
  cut: { places: [1], clock_ms: Date.UTC(2026, 0, 1), log_id: 'log', generation: 0 },
  pairs: pairs.length,
  groups: pairs.length,
  annotators: 9,
  funnel: [
    { step: 'turn', reason: 'read', count: 500 },
    { step: 'floor', reason: 'truncated', count: 3 },
    { step: 'candidate', reason: 'like', count: 40 },
    { step: 'pair', reason: 'tie', count: 12 },
    { step: 'kept', reason: 'like', count: 28 },
  ],
  splits: { train: { pairs: 21, annotators: 7 }, test: { pairs: 7, annotators: 2 } },
  sources: { like: 14, regenerate: 14 },
  cohorts: { 'regular-rater': 28 },
  chosen_longer: 14,
  style_correlation: 0.012,
  reactions: {
    identified: true,
    says: 'fitted.',
    replies: 400,
    model: {},
    rounds: 9,
    converged: true,
    careless: { identified: true, share: 0.08, annotators: {} },
  },
};

/** Stores the fixture's dataset as a build would. @param id of the dataset */
export async function storeFixture(warehouse: Warehouse, id = dataset, stored = pairs): Promise<void> {
  const insert = async (table: string, rows: readonly object[], texts: readonly string[]) => {
    const lines = rows.map((row) =>
      JSON.stringify({
        app,
        dataset_id: id,
        ...row,
        ...Object.fromEntries(texts.map((text) => [text, JSON.stringify(row[text as keyof typeof row])])),
      }),
    );
    await warehouse.insert(table, lines.join('\n'), lines.length);
  };
  await insert('dataset_pairs', stored, ['prompt', 'chosen', 'rejected']);
  await insert('dataset_singles', singles, ['prompt', 'completion']);
  await insert('dataset_groups', groups, ['prompt', 'completions']);
  await insert('dataset_prompts', promptRows, ['prompt']);
  const row = { app, dataset_id: id, created_ms: 1, manifest: JSON.stringify({ ...manifest, dataset: id }) };
  await warehouse.insert('datasets', JSON.stringify(row), 1);
}
