import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createRandom } from '../../../pipelines/maths/random.ts';
import { corpusFromTokens } from '../../../pipelines/diversity/kernels/corpus.ts';
import { homogenization } from '../../../pipelines/diversity/metrics/homogenization.ts';
import { kernelEntropyEstimate } from '../../../pipelines/diversity/kernels/kernel-entropy-estimate.ts';
import { createLcs } from '../../../pipelines/diversity/kernels/lcs.ts';
import { denseKernel, ngramKernel } from '../../../pipelines/diversity/kernels/ngram-kernel.ts';
import { ngramTables } from '../../../pipelines/diversity/kernels/ngram-table.ts';
import { symmetricEigenvalues } from '../../../pipelines/diversity/kernels/symmetric-eigenvalues.ts';

const tokens = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 70 });
const lists = fc.array(tokens, { minLength: 1, maxLength: 6 });

describe('n-gram tables', () => {
  it('count what strings would', () => {
    fc.assert(
      fc.property(lists, (texts) => {
        const corpus = corpusFromTokens(texts);
        for (const table of ngramTables(corpus, 5)) {
          const grams = texts.map((text) =>
            text.slice(table.n - 1).map((_, at) => text.slice(at, at + table.n).join(' ')),
          );
          const all = grams.flat();
          const kinds = [...new Set(all)];
          expect([table.total, table.kinds]).toEqual([all.length, kinds.length]);
          expect([...table.counts]).toEqual(kinds.map((kind) => all.filter((each) => each === kind).length));
          expect([...table.documents]).toEqual(
            kinds.map((kind) => grams.filter((each) => each.includes(kind)).length),
          );
          grams.forEach((own, text) => {
            const row = new Map<string, number>();
            for (let at = table.rowOffsets[text] ?? 0; at < (table.rowOffsets[text + 1] ?? 0); at += 1)
              row.set(kinds[table.rowKinds[at] ?? -1] ?? '', table.rowCounts[at] ?? 0);
            expect(row).toEqual(
              new Map(own.map((gram) => [gram, own.filter((each) => each === gram).length])),
            );
          });
        }
      }),
    );
  });
});

describe('longest common subsequence', () => {
  const slow = (a: readonly string[], b: readonly string[]): number => {
    let row = new Array<number>(b.length + 1).fill(0);
    for (const x of a) {
      const next = [0];
      b.forEach((y, j) => next.push(x === y ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0)));
      row = next;
    }
    return row[b.length] ?? 0;
  };

  it('by words of bits is that of the table', () => {
    fc.assert(
      fc.property(tokens, tokens, (a, b) => {
        const lcs = createLcs(corpusFromTokens([a, b]));
        lcs.from(0);
        expect(lcs.to(1)).toBe(slow(a, b));
        lcs.from(1);
        expect(lcs.to(0)).toBe(slow(a, b));
      }),
      { numRuns: 300 },
    );
  });

  it('over some of the pairs is near that over all', () => {
    const random = createRandom('pairs');
    const texts = Array.from({ length: 200 }, () =>
      Array.from({ length: 30 }, () => `w${Math.floor(40 * random.unit() ** 2)}`),
    );
    const corpus = corpusFromTokens(texts);
    const all = homogenization(corpus);
    expect(Math.abs(homogenization(corpus, 2_000) - all)).toBeLessThan(0.01);
    expect(homogenization(corpus, 2_000)).not.toBe(all);
  });
});

describe('eigenvalues', () => {
  it('of second differences are those of the textbook', () => {
    const size = 40;
    const matrix = new Float64Array(size * size);
    for (let i = 0; i < size; i += 1) {
      matrix[i * size + i] = 2;
      if (i > 0) matrix[i * size + i - 1] = matrix[(i - 1) * size + i] = -1;
    }
    symmetricEigenvalues(matrix, size).forEach((value, i) => {
      expect(value).toBeCloseTo(2 - 2 * Math.cos((Math.PI * (i + 1)) / (size + 1)), 12);
    });
  });

  it('of any symmetric matrix keep its traces', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.string(), (size, seed) => {
        const random = createRandom(seed);
        const matrix = new Float64Array(size * size);
        for (let i = 0; i < size; i += 1)
          for (let j = 0; j <= i; j += 1) {
            // Zeros and equal values are what breaks such loops.
            const value = random.unit() < 0.4 ? 0 : Math.round(4 * random.unit()) - 2;
            matrix[i * size + j] = matrix[j * size + i] = value;
          }
        const squares = matrix.reduce((sum, value) => sum + value * value, 0);
        let trace = 0;
        for (let i = 0; i < size; i += 1) trace += matrix[i * size + i] ?? NaN;
        const values = symmetricEigenvalues(matrix, size);
        expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(trace, 9);
        expect(values.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(squares, 8);
      }),
      { numRuns: 200 },
    );
  });
});

it('the entropy of a large kernel is estimated to 1.5 percent of its exponential', () => {
  const size = 700;
  for (const repeats of [0, 0.3]) {
    const random = createRandom(`kernel ${repeats}`);
    const texts = Array.from({ length: size }, () =>
      random.unit() < repeats
        ? ['the', 'same', 'reply', 'as', 'ever', `w${Math.floor(5 * random.unit())}`]
        : Array.from({ length: 40 }, () => `w${Math.floor(300 * random.unit() ** 3)}`),
    );
    const kernel = ngramKernel(ngramTables(corpusFromTokens(texts), 4));
    let exact = 0;
    for (const value of symmetricEigenvalues(denseKernel(kernel), size))
      if (value > 0) exact -= (value / size) * Math.log(value / size);
    expect(Math.abs(kernelEntropyEstimate(kernel) - exact)).toBeLessThan(0.015);
  }
});
