import { expect, test } from 'vitest';

import { textSignature } from '../../../pipelines/pairs/near-duplicates.ts';
import { samplePrompts } from '../../../pipelines/pairs/sampling-prompts.ts';
import type { PromptCandidate } from '../../../pipelines/pairs/sampling-prompts.ts';

const prompt = (at: number, text: string, side: PromptCandidate['side'] = 'train'): PromptCandidate => ({
  promptId: `p${String(at).padStart(3, '0')}`,
  annotatorId: `person ${String(at)}`,
  characterId: '',
  characterTier: at % 5 ? 'popular' : 'niche',
  cohort: 'new-lurker',
  stage: '1-3',
  side,
  document: textSignature(text),
});
const different = (at: number) =>
  Array.from({ length: 12 }, (_, word) => `word${String(at)}${String(word)}`).join(' ');

test('keeps near-duplicates once, those of the test side never in train, and as many as asked for', () => {
  const candidates = [
    ...Array.from({ length: 40 }, (_, at) => prompt(at, different(at))),
    prompt(41, different(1)),
    prompt(42, different(2), 'test'),
  ];
  const all = samplePrompts(candidates, { seed: '1', size: null, threshold: 0.8 });
  expect(Object.fromEntries(all.dropped)).toEqual({ p041: 'near_duplicate', p002: 'near_duplicate_of_test' });
  expect(all.kept.size).toBe(40);
  const some = samplePrompts(candidates, { seed: '1', size: 10, threshold: 0.8 });
  expect(some.kept.size).toBe(11);
  expect([...some.kept].filter((id) => Number(id.slice(1)) % 5 === 0).length).toBeGreaterThanOrEqual(2);
  expect(some.kept.size + some.dropped.size).toBe(candidates.length);
});
