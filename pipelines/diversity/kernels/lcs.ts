import type { Corpus } from './corpus.ts';

/** Bits of a machine word that a sum with carry leaves room for. */
const wordBits = 30;
const wordMask = 2 ** wordBits - 1;

/**
 * Lengths of longest common subsequences of texts, bit-parallel (Hyyrö 2004): `lcs.from(i)` then `lcs.to(j)`. About
 * (tokens of j that i holds) x (tokens of i / 30) steps a pair.
 */
export function createLcs(corpus: Corpus): { from(text: number): void; to(text: number): number } {
  const { offsets, tokens, kinds } = corpus;
  /** By token: 1 + where its match bits begin in `matches`; 0 where the text does not hold it. */
  const places = new Int32Array(kinds);
  let held: number[] = [];
  let matches = new Int32Array(0);
  let words = 0;
  let length = 0;
  let state = new Int32Array(0);

  const from = (text: number): void => {
    for (const token of held) places[token] = 0;
    held = [];
    const start = offsets[text] as number;
    length = (offsets[text + 1] as number) - start;
    words = Math.ceil(length / wordBits);
    state = new Int32Array(words);
    for (let i = 0; i < length; i += 1) {
      const token = tokens[start + i] as number;
      if (places[token] !== 0) continue;
      places[token] = 1 + held.length * words;
      held.push(token);
    }
    matches = new Int32Array(held.length * words);
    for (let i = 0; i < length; i += 1) {
      const at = (places[tokens[start + i] as number] as number) - 1 + Math.floor(i / wordBits);
      matches[at] = (matches[at] as number) | (1 << (i % wordBits));
    }
  };

  const to = (text: number): number => {
    state.fill(wordMask);
    const end = offsets[text + 1] as number;
    for (let i = offsets[text] as number; i < end; i += 1) {
      const place = places[tokens[i] as number] as number;
      if (place === 0) continue;
      let carry = 0;
      for (let word = 0; word < words; word += 1) {
        const bits = state[word] as number;
        const match = matches[place - 1 + word] as number;
        const hit = bits & match;
        const sum = bits + hit + carry;
        carry = sum >>> wordBits;
        state[word] = (sum & wordMask) | (bits & ~match);
      }
    }
    let zeros = 0;
    for (let word = 0; word < words; word += 1) zeros += wordBits - ones(state[word] as number);
    return zeros;
  };

  return { from, to };
}

function ones(bits: number): number {
  let x = bits - ((bits >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
