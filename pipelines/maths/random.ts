import { hashFromText } from './hash-text.ts';
import type { Words128 } from './hash-bytes.ts';

/** A seeded stream of random numbers. */
export interface Random {
  /** Uniform on the integers 0 to 2^32 - 1. */
  uint32(): number;
  /** Uniform on [0, 1), 53 bits. */
  unit(): number;
}

/**
 * xoshiro128** 1.1 (Blackman and Vigna, doi:10.1145/3460772): the same numbers on every platform.
 * @param seed a text, hashed, or the four words of the state, not all zero
 */
export function createRandom(seed: string | Words128): Random {
  let [s0, s1, s2, s3] = typeof seed === 'string' ? hashFromText(seed) : seed;
  if ((s0 | s1 | s2 | s3) === 0) s0 = 1;
  const uint32 = () => {
    const scrambled = Math.imul(s1, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);
    return result;
  };
  const unit = () => ((uint32() >>> 5) * 0x4000000 + (uint32() >>> 6)) / 0x20000000000000;
  return { uint32, unit };
}
