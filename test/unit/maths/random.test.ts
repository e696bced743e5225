import { describe, expect, it } from 'vitest';

import { hashFromBytes } from '../../../pipelines/maths/hash-bytes.ts';
import { hashFromText, unitFromText } from '../../../pipelines/maths/hash-text.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';

describe('xoshiro128**', () => {
  it('gives the reference output from state 1, 2, 3, 4', () => {
    // From the authors' xoshiro128starstar.c 1.1; the same vector stands in Rust's rand_xoshiro.
    const reference = [
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ];
    const random = createRandom([1, 2, 3, 4]);
    expect(reference.map(() => random.uint32())).toEqual(reference);
  });

  it('gives uniforms in [0, 1) with the mean and variance they should have', () => {
    const random = createRandom('uniform');
    let [sum, squares] = [0, 0];
    for (let i = 0; i < 100_000; i += 1) {
      const x = random.unit();
      if (x < 0 || x >= 1) throw new Error(String(x));
      sum += x;
      squares += (x - 0.5) ** 2;
    }
    expect(Math.abs(sum / 100_000 - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / 100_000));
    expect(squares / 100_000).toBeCloseTo(1 / 12, 3);
  });

  it('keeps its numbers: a seed means the same for ever', () => {
    const random = createRandom('tacit');
    expect([random.uint32(), random.uint32(), random.unit()]).toMatchInlineSnapshot(`
      [
        2880031641,
        2646575511,
        0.5943376401780186,
      ]
    `);
    expect(createRandom([0, 0, 0, 0]).uint32()).toBe(createRandom([1, 0, 0, 0]).uint32());
  });
});

describe('MurmurHash3_x86_128', () => {
  it('passes the verification of SMHasher', () => {
    const key = Uint8Array.from({ length: 256 }, (_, i) => i);
    const hashes = new Uint8Array(16 * 256);
    const view = new DataView(hashes.buffer);
    for (let length = 0; length < 256; length += 1) {
      const words = hashFromBytes(key.subarray(0, length), 256 - length);
      words.forEach((word, i) => {
        view.setUint32(16 * length + 4 * i, word, true);
      });
    }
    expect(hashFromBytes(hashes)[0].toString(16)).toBe('b3ece62a');
  });

  it('hashes texts by their UTF-8 bytes', () => {
    expect(hashFromText('é')).toEqual(hashFromBytes(Uint8Array.of(0xc3, 0xa9)));
    expect(hashFromText('')).toEqual([0, 0, 0, 0]);
  });

  it('spreads texts evenly over [0, 1)', () => {
    const bins = new Array<number>(20).fill(0);
    for (let i = 0; i < 20_000; i += 1) {
      const bin = Math.floor(unitFromText(`annotator-${String(i)}`) * 20);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    const chiSquare = bins.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(43.8); // 0.1 % of chi-square with 19 degrees of freedom
  });
});
