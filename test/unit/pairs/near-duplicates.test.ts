import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createRandom } from '../../../pipelines/maths/random.ts';
import { drawIndex, shuffled } from '../../../pipelines/maths/draws.ts';
import { bandingFor, minhashFromSet } from '../../../pipelines/pairs/minhash.ts';
import { documentOfReply } from '../../../pipelines/pairs/near-duplicates-document.ts';
import { packedSketches, sketchesFromPacked } from '../../../pipelines/pairs/near-duplicates-packed.ts';
import { createReplySketcher } from '../../../pipelines/pairs/near-duplicates-sketches.ts';
import { createRowSketcher, nearDuplicates } from '../../../pipelines/pairs/near-duplicates-purge.ts';
import type { PurgeRow } from '../../../pipelines/pairs/near-duplicates-purge.ts';
import {
  jaccard,
  sketchFromSignature,
  textSignature,
  withNearDuplicate,
} from '../../../pipelines/pairs/near-duplicates.ts';

const random = createRandom('near-duplicates');
const words = (count: number) =>
  Array.from({ length: count }, () => `w${String(drawIndex(random, 3_000))}`).join(' ');
/** Runs of five words, as sets of strings. */
function plainShingles(text: string): Set<string> {
  const tokens = text.split(' ');
  return new Set(tokens.slice(4).map((_, at) => tokens.slice(at, at + 5).join(' ')));
}
/** Other words in the places given. */
const replaced = (text: string, places: readonly number[]) =>
  text
    .split(' ')
    .map((word, at) => (places.includes(at) ? `other${String(at)}` : word))
    .join(' ');

describe('jaccard', () => {
  test('is that of the sets of five-word runs', () => {
    for (let run = 0; run < 200; run += 1) {
      const one = words(30);
      const other = replaced(one, [drawIndex(random, 30), drawIndex(random, 30)]);
      const [a, b] = [plainShingles(one), plainShingles(other)];
      const shared = [...a].filter((run5) => b.has(run5)).length;
      expect(jaccard(textSignature(one), textSignature(other))).toBe(shared / (a.size + b.size - shared));
    }
  });

  test.each([
    [
      'case, punctuation, white space and width',
      'He *smiles*, “Go on…”\n Now then!',
      'he smiles go on now THEN',
      1,
    ],
    ['Chinese by characters', '今天天气真好我们去海边', '今天天气真好我们去山里', 5 / 9],
    ['Chinese punctuation', '今天天气真好,我们去海边。', '今天天气真好 我们去海边', 1],
    ['characters outside the basic plane', '𠮷野家𠮷野家的饭', '𠮷野家𠮷野家的饭', 1],
    ['texts shorter than five words as wholes', 'Yes, my lord.', 'Yes, my lady.', 0],
    ['and equal ones', 'Yes, my lord.', 'yes my lord', 1],
    ['symbols alone', '(^_^)', '( ^_^ )', 1],
    ['different symbols', '(^_^)', '(T_T)', 0],
    ['nothing', '', ' ', 1],
  ])('%s', (_, one, other, expected) => {
    expect(jaccard(textSignature(one), textSignature(other))).toBeCloseTo(expected, 12);
  });
});

test('what replies in one context have in common is worked on once, and makes no difference', () => {
  const word = fc.constantFrom(
    'so',
    'We',
    'go',
    'on,',
    '(^_^)',
    '今天',
    'ﬁn',
    'ΟΔΟΣ',
    '\u0301',
    '👋🏽',
    '\ud800',
    '…',
  );
  const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '));
  const sketcher = createReplySketcher(0.8);
  const roles = ['user', 'assistant'] as const;
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 4 }),
      fc.array(text, { minLength: 1, maxLength: 4 }),
      (turns, replies) => {
        const prompt = turns.map((content, at) => ({ role: roles[at % 2] ?? 'user', content }));
        const sketches = replies.map((reply) => sketcher.sketch(prompt, reply));
        const plain = replies.map((reply) =>
          sketchFromSignature(textSignature(documentOfReply(prompt, reply)), 0.8),
        );
        expect(sketches).toEqual(plain);
        expect(sketchesFromPacked(packedSketches(sketches))).toEqual(plain);
        for (const reply of replies)
          expect(sketcher.similarity(reply, turns[0] ?? '')).toBe(
            jaccard(textSignature(reply), textSignature(turns[0] ?? '')),
          );
      },
    ),
    { numRuns: 300 },
  );
});

test('MinHash estimates Jaccard without bias', () => {
  const runs = 2_000;
  let [error, square] = [0, 0];
  for (let run = 0; run < runs; run += 1) {
    const one = words(60);
    const other = replaced(one, [10, 20 + (run % 30)]);
    const [a, b] = [textSignature(one), textSignature(other)];
    const [x, y] = [minhashFromSet(a), minhashFromSet(b)];
    const truth = jaccard(a, b);
    const difference = x.filter((least, at) => least === y[at]).length / 64 - truth;
    error += difference;
    square += difference ** 2 - (truth * (1 - truth)) / 64;
  }
  // Monte-Carlo errors: .058 / sqrt(2000) = .0013 and about 1e-4.
  expect(Math.abs(error / runs)).toBeLessThan(0.006);
  expect(Math.abs(square / runs)).toBeLessThan(0.0006);
});

test('bands miss a pair at the threshold less than once in a thousand', () => {
  expect(bandingFor(0.8)).toEqual({ bands: 16, rows: 4 });
  for (const threshold of [0.5, 0.7, 0.8, 0.9, 0.95]) {
    const { bands, rows } = bandingFor(threshold);
    expect(bands * rows).toBeLessThanOrEqual(64);
    expect((1 - threshold ** rows) ** bands).toBeLessThan(1e-3);
  }
});

test('finds what all-against-all finds', () => {
  const originals = Array.from({ length: 150 }, () => words(80));
  const texts = originals.flatMap((text, at) => [
    text,
    replaced(text, [40]),
    replaced(text, [20, 60]),
    replaced(
      text,
      Array.from({ length: at % 12 }, (_, k) => k * 6),
    ),
  ]);
  const signatures = shuffled(random, texts).map(textSignature);
  const sketches = signatures.map((signature) => sketchFromSignature(signature, 0.8));
  const found = withNearDuplicate(sketches, sketches, 0.8, (query, entry) => query !== entry);
  const expected = signatures.map((one, at) =>
    Number(signatures.some((other, k) => k !== at && jaccard(one, other) >= 0.8)),
  );
  const missed = expected.filter((near, at) => near === 1 && found[at] === 0).length;
  expect(expected.filter((near) => near === 1).length).toBeGreaterThan(250);
  expect(missed).toBeLessThanOrEqual(1);
  expect(expected.every((near, at) => near >= (found[at] ?? 0))).toBe(true);
});

test('a document is the last three turns and the reply, without card and greeting', () => {
  const card = { role: 'system', content: 'card' } as const;
  const greeting = { role: 'assistant', content: 'greeting' } as const;
  const talk = ['one', 'two', 'three', 'four', 'five'].map((content, at) => ({
    role: at % 2 === 0 ? ('user' as const) : ('assistant' as const),
    content,
  }));
  expect(documentOfReply([card, greeting, ...talk], 'reply')).toBe('three\nfour\nfive\nreply');
  expect(documentOfReply([card, greeting, ...talk.slice(0, 1)], 'reply')).toBe('one\nreply');
  expect(documentOfReply([card, greeting], 'reply')).toBe('reply');
});

describe('purge', () => {
  const shared = words(60);
  const near = replaced(shared, [30]);
  const row = (id: string, side: PurgeRow['side'], texts: readonly string[], groupId = id): PurgeRow => ({
    id,
    groupId,
    side,
    documents: texts.map(textSignature),
  });
  const rows = [
    row('a', 'train', [shared, words(60)]),
    row('b', 'test', [words(60), near]),
    row('c', 'validation', [near]),
    row('d', 'train', [words(60)]),
    ...[1, 2].map((at) =>
      row(`one group ${String(at)}`, 'train', ['said in one place to one reply, twice'], 'one group'),
    ),
    ...['e', 'f', 'g'].map((id) =>
      row(id, 'train', ['five words and then some more of them', 'other reply to it here now']),
    ),
    row('h', 'train', ['five words and then some more of them', 'quite unlike what the others have said']),
    row('i', 'train', ['five words and then some more of them', 'other reply to it here now'], 'e'),
  ];
  const drops = (given: readonly PurgeRow[]) => nearDuplicates(given.map(createRowSketcher()));

  test('takes the train side of near-duplicates, and all but one within train', () => {
    expect(Object.fromEntries(drops(rows))).toEqual({
      a: 'near_duplicate_of_test',
      c: 'near_duplicate_of_test',
      f: 'near_duplicate',
      g: 'near_duplicate',
      i: 'near_duplicate',
    });
  });

  test('gives the same in any order, and drops no more when rows are taken away', () => {
    for (let run = 0; run < 20; run += 1) {
      const order = shuffled(random, rows);
      expect(drops(order)).toEqual(drops(rows));
      const fewer = drops(order.slice(2));
      for (const [id] of fewer) expect(drops(rows).has(id)).toBe(true);
    }
  });
});
