import fc from 'fast-check';
import { expect, it } from 'vitest';

import { compressionRatio } from '../../../pipelines/diversity/metrics/compression.ts';
import { deflateSize } from '../../../pipelines/diversity/kernels/deflate-size.ts';

/** Bytes of the C standard's example generator, masked: the same in the Python lines that made the sizes below. */
function drawnBytes(length: number, mask: number): Uint8Array {
  let state = 1n;
  return Uint8Array.from({ length }, () => {
    state = (state * 1103515245n + 12345n) % 2n ** 31n;
    return Number(state >> 16n) & mask;
  });
}
/** With its first 60 bytes again after what stands between. */
const repeated = (bytes: Uint8Array, between: string) =>
  Uint8Array.from([...bytes, ...ascii(between), ...bytes.subarray(0, 60)]);
const ascii = (text: string) => new TextEncoder().encode(text);

it('is the size that zlib 1.2.13 makes at level 9 (Python: zlib.compressobj(9, zlib.DEFLATED, -15))', () => {
  const cases: readonly (readonly [string, Uint8Array, number])[] = [
    ['nothing', ascii(''), 2],
    ['a sign', ascii('a'), 3],
    ['one sign for long', ascii('a'.repeat(100_000)), 115],
    ['a line again and again', ascii('hello world\n'.repeat(5_000)), 149],
    ['noise, which is stored', drawnBytes(100_000, 255), 100_035],
    ['half noise, several blocks and windows', drawnBytes(200_000, 15), 114_583],
    ['bits', drawnBytes(20_000, 1), 3_304],
    ['more places of one hash than are looked at', drawnBytes(100_000, 1), 15_532],
    ['several windows of four signs', drawnBytes(100_000, 3), 29_383],
    ['a repeat from the far end of the window', repeated(drawnBytes(32_506, 127), ''), 28_535],
    ['a repeat from beyond it', repeated(drawnBytes(32_506, 127), '!'), 28_575],
    ['a short block of fixed codes', drawnBytes(40, 3), 28],
  ];
  for (const [name, bytes, size] of cases) expect(deflateSize(bytes), name).toBe(size);
});

it('of any bytes is more than nothing and never much more than the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      const size = deflateSize(bytes);
      expect(size).toBeGreaterThanOrEqual(2);
      expect(size).toBeLessThanOrEqual(bytes.length + 5);
    }),
  );
});

it('the ratio rises with repetition and is absent without a byte', () => {
  expect(compressionRatio([''])).toBeNaN();
  const texts = Array.from({ length: 50 }, (_, i) => `reply ${i} says ${i * i} things`);
  expect(compressionRatio(texts.map(() => texts[0] ?? ''))).toBeGreaterThan(2 * compressionRatio(texts));
});
