import { describe, expect, test } from 'vitest';

import { judgedTextHash } from '../../../pipelines/floor/judge/judge-candidate.ts';
import { sketchesFromPacked } from '../../../pipelines/pairs/near-duplicates-packed.ts';
import { splitOfAnnotator } from '../../../pipelines/pairs/split.ts';
import { fitReactionModel } from '../../../pipelines/reactions/fit-reaction-model.ts';
import { defaultReactionSettings } from '../../../pipelines/reactions/reaction-settings.ts';
import { createContextLines } from '../../../services/jobs/build/context-lines.ts';
import type { CandidatePair } from '../../../services/jobs/build/draw-pairs.ts';
import { rowsFromLines } from '../../../services/jobs/build/json-lines.ts';
import { replyKey } from '../../../services/jobs/build/judge-floor.ts';
import type { EvidenceColumns } from '../../../services/jobs/build/reply-evidence.ts';
import { createRowLines } from '../../../services/jobs/build/row-writer.ts';
import { createRowWork } from '../../../services/jobs/build/rows-of-range.ts';
import type { RowFacts } from '../../../services/jobs/build/rows-of-range.ts';
import { createStory } from '../../support/story.ts';
import { storyOf } from './story-of.ts';

/** Long enough that no two of them are near-equal. */
const said = (name: string) =>
  Array.from({ length: 12 }, (_, at) => `${name}${String.fromCharCode(97 + at)}`).join(' ');
const reply = (content: string) => ({ content, character_id: 'cat' });

/** One place with a reply that was regenerated, one that was kept and liked, and one that was passed over. */
const chat = () =>
  createStory()
    .turn('card', '', { role: 'system', content: said('card') })
    .user('u', 'card')
    .reply('a', 'u', reply(said('alpha')))
    .regenerate('a')
    .reply('b', 'u', reply(said('beta')))
    .like('b', 1)
    .user('v', 'b')
    .reply('c', 'v', reply(said('gamma')))
    .reply('d', 'v', reply(said('delta')))
    .choose('c', 'd')
    .edit('d', said('rewritten'));
const turnIds = ['a', 'b', 'c', 'd'];

const facts: RowFacts = {
  app: 'app',
  datasetId: 'ds',
  config: {
    ...{ method: 'reactions', cross_model: false, test_share: 0.1, validation_share: 0.05, least_p: 0.8 },
    ...{ flagged_rejected_share: 0.1, floor_version: '', reactions_version: '', filter: {}, replay_share: 0 },
    ...{ decontaminate: [], analysis_plan: '' },
  },
  fit: { ...fitReactionModel([], defaultReactionSettings), identified: true },
  outliers: new Set(),
  tiers: new Map([['cat', 'popular']]),
  cohorts: new Map(),
  unused: new Set(),
  evaluations: [],
  excluded: new Set(),
  editsBelow: new Set(),
  badTexts: new Set(),
  promptPlaces: new Set(),
};

interface Known {
  readonly liked?: -1 | 0 | 1;
  readonly regenerated?: -1 | 0 | 1;
  readonly floor?: number;
  readonly p?: number;
}

/** Reactions so strong that every deed is sure, but for what is told. */
function evidenceOf(known: Readonly<Record<string, Known>>): EvidenceColumns {
  const of = turnIds.map((id) => ({ ...strong[id], ...known[id] }));
  const every = <Value>(value: Value) => turnIds.map(() => value);
  return {
    annotator_id: 'ann',
    turn_id: turnIds,
    reward: of.map(({ liked = 0 }) => liked),
    variance: every(0.5),
    p_typical: of.map(({ p = 0.5 }) => p),
    floor: of.map(({ floor = 0 }) => floor),
    floor_flag: of.map(({ floor = 0 }) => floor > 0),
    style: every(0),
    tries: every(0),
    liked: of.map(({ liked = 0 }) => liked),
    regenerated: of.map(({ regenerated = -1 }) => regenerated),
    language: every('en'),
    length_chars: every(100),
    user_turns: every(1),
  };
}
const strong: Readonly<Record<string, Known>> = {
  a: { liked: -1, regenerated: 1 },
  b: { liked: 1, regenerated: 0 },
  c: { liked: 1 },
  d: { liked: -1 },
};

function rowsOf({
  story = chat(),
  known = {},
  rest = {},
  annotatorId = 'ann',
}: {
  readonly story?: ReturnType<typeof createStory>;
  readonly known?: Readonly<Record<string, Known>>;
  readonly rest?: Partial<RowFacts>;
  readonly annotatorId?: string;
} = {}) {
  const cohorts = new Map([[annotatorId, new Map([[20_000, 'power-rater']])]]);
  const rows = createRowWork({ ...facts, cohorts, ...rest })({
    stories: [storyOf(annotatorId, story)],
    evidence: [{ ...evidenceOf(known), annotator_id: annotatorId }],
  });
  const parsed = <Row = Record<string, unknown>>({ bytes }: { readonly bytes: Uint8Array }) => [
    ...rowsFromLines<Row>(bytes),
  ];
  const candidates = parsed<CandidatePair>(rows.candidates);
  return {
    rows,
    candidates,
    told: [
      ...candidates.map(
        ({ chosenTurnId, rejectedTurnId, source }) => `${chosenTurnId}>${rejectedTurnId} ${source}`,
      ),
      ...parsed<Record<'turn_id' | 'other_turn_id' | 'reason', string>>(rows.drops).map(
        (drop) => `${drop.turn_id}/${drop.other_turn_id} ${drop.reason}`,
      ),
    ],
    pairs: parsed(rows.pairs),
    singles: parsed(rows.singles),
    groups: parsed(rows.groups),
    undrawnGroups: parsed(rows.undrawnGroups),
    contexts: parsed(rows.contexts),
  };
}

describe('rows of an annotator', () => {
  test('deeds that are sure become candidates; a conversation stands once, however many rows name it', () => {
    const { told, pairs, groups, contexts, candidates, undrawnGroups, rows } = rowsOf({
      known: { a: { ...strong['a'], p: 0.1 } },
    });
    expect(told).toEqual(['c>d choose', 'b>a regenerate', 'd>d edit']);
    expect(contexts.map(({ messages }) => (messages as unknown[]).length)).toEqual([4]);
    const [name] = contexts.map(({ conversation }) => conversation);
    expect([...pairs, ...groups].map(({ prompt }) => prompt)).toEqual([name, name, name, name, name]);
    const [long, short] = groups.map(({ prompt_bytes }) => prompt_bytes).toReversed();
    expect(pairs.map(({ prompt_bytes }) => prompt_bytes)).toEqual([long, short, long]);
    expect(undrawnGroups).toMatchObject([{ annotatorId: 'ann' }, { characterId: 'cat' }]);
    expect(sketchesFromPacked(rows.sketches)).toHaveLength(2 * candidates.length);
    expect(candidates[0]).toMatchObject({
      cohort: 'power-rater',
      characterTier: 'popular',
      stage: '1-3',
    });
  });

  test('what the model is not sure of, or contradicts, is refused; without a model deeds alone count', () => {
    const unsure = { b: { liked: 0, regenerated: 0 }, a: { liked: 0, regenerated: 1 } } as const;
    expect(rowsOf({ known: unsure }).told).toContain('b/a unsure');
    const against = { b: { liked: -1, regenerated: 1 }, a: { liked: 1, regenerated: 0 } } as const;
    expect(rowsOf({ known: against }).told).toContain('b/a deed_contradicted');
    const fit = { ...facts.fit, identified: false };
    expect(rowsOf({ known: against, rest: { fit } }).told).toContain('b>a regenerate');
  });

  test('the floor holds for what is chosen, an edit by its own text, and not for what is rejected', () => {
    const below = (id: string) => rowsOf({ known: { [id]: { ...strong[id], floor: 1 } } });
    expect(below('b').told).toContain('b/a chosen_below_floor');
    expect(below('c').told).toEqual(['b>a regenerate', 'd>d edit', 'c/d chosen_below_floor']);
    expect(below('a').candidates[1]).toMatchObject({ chosenTurnId: 'b', flaggedRejected: true });
    const editsBelow = new Set([replyKey('ann', 'd')]);
    expect(rowsOf({ rest: { editsBelow } }).told).toContain('d/d chosen_below_floor');
  });

  test('what a trusted judge put below its bound is not chosen', () => {
    const prompt = [
      { role: 'system', content: said('card') },
      { role: 'user', content: 'user u' },
    ] as const;
    const badTexts = new Set([judgedTextHash(prompt, said('beta')), judgedTextHash(prompt, said('alpha'))]);
    const { told, singles } = rowsOf({ known: { b: { ...strong['b'], p: 0.9 } }, rest: { badTexts } });
    expect(told).toEqual(['c>d choose', 'd>d edit', 'b/a judged_bad']);
    expect(singles).toEqual([]);
  });

  test('nothing of who denied training, or of what is marked as an outlier', () => {
    const denied = rowsOf({ story: chat().annotator({ training: 'denied' }) });
    expect(denied.told).toEqual(['c/d consent_denied', 'b/a consent_denied', 'd/d consent_denied']);
    const promptPlaces = new Set(chat().events.map(({ alternatives_of }) => alternatives_of));
    const marked = rowsOf({
      known: { b: { ...strong['b'], p: 0.9 } },
      rest: { outliers: new Set([JSON.stringify(['ann', 's'])]), promptPlaces },
    });
    expect(new Set(marked.told.map((line) => line.split(' ')[1]))).toEqual(new Set(['outlier']));
    for (const { singles, groups, contexts, rows } of [denied, marked])
      expect([singles, groups, contexts, rows.prompts]).toEqual([[], [], [], []]);
  });

  test('signals without an effect make no pair', () => {
    expect(rowsOf({ rest: { unused: new Set(['regenerate']) } }).told).toContain('b/a signal_without_effect');
  });

  test('singles are what is surely better or worse than usual, and no good one is below the floor', () => {
    const p = (chance: number, floor = 0) => ({ b: { ...strong['b'], p: chance, floor } });
    expect(rowsOf({ known: p(0.85) }).singles).toMatchObject([{ turn_id: 'b', label: true, p: 0.85 }]);
    expect(rowsOf({ known: p(0.15, 1) }).singles).toMatchObject([{ turn_id: 'b', label: false, p: 0.15 }]);
    for (const known of [p(0.75), p(0.25), p(0.85, 1)]) expect(rowsOf({ known }).singles).toEqual([]);
  });

  test('the side is that of the annotator, however much they did', () => {
    for (let at = 0; at < 40; at += 1) {
      const annotatorId = `person ${String(at)}`;
      const side = splitOfAnnotator('app', annotatorId, { test: 0.1, validation: 0.05 });
      for (const story of [chat(), chat().user('w', 'c').like('d', -1)]) {
        const { candidates, groups } = rowsOf({ annotatorId, story });
        expect(new Set(candidates.map((candidate) => candidate.side))).toEqual(new Set([side]));
        expect(groups.every(({ split }) => split === side)).toBe(true);
      }
    }
  });

  test('texts that say the same make no pair', () => {
    const story = createStory()
      .user('u', '')
      .reply('a', 'u', reply(`${said('long')} ${said('and')} ${said('dull')} one`))
      .regenerate('a')
      .reply('b', 'u', reply(`${said('long')} ${said('and')} ${said('dull')} two`))
      .user('v', 'b');
    expect(rowsOf({ story }).told).toEqual(['b/a near_equal_texts']);
  });

  test('rows that were not asked for are left out', () => {
    const filtered = (filter: RowFacts['config']['filter']) =>
      rowsOf({ rest: { config: { ...facts.config, filter } } });
    const reasonOf: readonly (readonly [RowFacts['config']['filter'], string])[] = [
      [{ since: '2124-10-04' }, 'other_day'],
      [{ until: '2000-01-01' }, 'other_day'],
      [{ languages: ['zh'] }, 'language_not_wanted'],
      [{ characters: ['dog'] }, 'character_not_wanted'],
    ];
    for (const [filter, reason] of reasonOf) {
      const { told, groups } = filtered(filter);
      expect([new Set(told.map((line) => line.split(' ')[1])), groups]).toEqual([new Set([reason]), []]);
    }
    expect(filtered({ characters: ['cat'], languages: ['en'] }).told).toEqual(rowsOf().told);
  });

  test('a context is the beginning of a conversation, which stands once', () => {
    const said = ['card', 'hello', 'welcome, 欢迎', 'where am I?', 'at sea', 'alone?'].map((content, at) => ({
      role: at % 2 === 0 ? ('assistant' as const) : ('user' as const),
      content,
    }));
    const otherwise = [...said.slice(0, 3), { role: 'user', content: 'who are you?' } as const];
    const rewritten = [{ role: 'assistant', content: 'another card' } as const, ...said.slice(1, 4)];
    const prompts = [said.slice(0, 4), said.slice(0, 2), said, otherwise, rewritten];
    const lines = createContextLines();
    const places = [...prompts, said].map((prompt) => lines.placeOf({ prompt, groupId: 'g' }));
    const collected = createRowLines();
    lines.addTo(collected);
    const texts = new Map(
      Array.from(
        rowsFromLines<{ conversation: string; messages: object[] }>(collected.lines().bytes),
        ({ conversation, messages }) => [conversation, Buffer.from(JSON.stringify(messages))],
      ),
    );
    const put = places.map((place) => `${String(texts.get(place.prompt)?.subarray(0, place.prompt_bytes))}]`);
    expect(put).toEqual([...prompts, said].map((prompt) => JSON.stringify(prompt)));
    expect([...texts.keys()]).toEqual(['g 0', 'g 1', 'g 2']);
    expect(new Set(prompts.map(lines.idOf)).size).toBe(prompts.length);
    expect(lines.idOf(structuredClone(otherwise))).toBe(lines.idOf(otherwise));
  });
});
