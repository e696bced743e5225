/** 128 bits as four unsigned 32-bit words. */
export type Words128 = readonly [number, number, number, number];

const c1 = 0x239b961b;
const c2 = 0xab0e9789;
const c3 = 0x38b34ae5;
const c4 = 0xa1e38b93;

/**
 * MurmurHash3_x86_128 (Austin Appleby, SMHasher): fast, well mixed, the same on every platform. Not for secrets.
 * @param seed unsigned 32-bit
 */
export function hashFromBytes(bytes: Uint8Array, seed = 0): Words128 {
  let [h1, h2, h3, h4] = [seed | 0, seed | 0, seed | 0, seed | 0];
  const wholeBytes = bytes.length - (bytes.length % 16);
  for (let at = 0; at < wholeBytes; at += 16) {
    h1 = (Math.imul(rotate((h1 ^ mixedFirst(word(bytes, at))) | 0, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 = (Math.imul(rotate((h2 ^ mixedSecond(word(bytes, at + 4))) | 0, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 = (Math.imul(rotate((h3 ^ mixedThird(word(bytes, at + 8))) | 0, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 = (Math.imul(rotate((h4 ^ mixedFourth(word(bytes, at + 12))) | 0, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  h1 ^= mixedFirst(word(bytes, wholeBytes));
  h2 ^= mixedSecond(word(bytes, wholeBytes + 4));
  h3 ^= mixedThird(word(bytes, wholeBytes + 8));
  h4 ^= mixedFourth(word(bytes, wholeBytes + 12));
  [h1, h2, h3, h4] = crossed(h1 ^ bytes.length, h2 ^ bytes.length, h3 ^ bytes.length, h4 ^ bytes.length);
  [h1, h2, h3, h4] = crossed(finished(h1), finished(h2), finished(h3), finished(h4));
  return [h1 >>> 0, h2 >>> 0, h3 >>> 0, h4 >>> 0];
}

const rotate = (x: number, bits: number) => (x << bits) | (x >>> (32 - bits));
const mixedFirst = (k: number) => Math.imul(rotate(Math.imul(k, c1), 15), c2);
const mixedSecond = (k: number) => Math.imul(rotate(Math.imul(k, c2), 16), c3);
const mixedThird = (k: number) => Math.imul(rotate(Math.imul(k, c3), 17), c4);
const mixedFourth = (k: number) => Math.imul(rotate(Math.imul(k, c4), 18), c1);

/** Four bytes, little-endian; those past the end are zero, which leaves a hash of the tail unchanged. */
function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

function crossed(h1: number, h2: number, h3: number, h4: number): [number, number, number, number] {
  const sum = (h1 + h2 + h3 + h4) | 0;
  return [sum, (h2 + sum) | 0, (h3 + sum) | 0, (h4 + sum) | 0];
}

function finished(h: number): number {
  let mixed = h ^ (h >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
