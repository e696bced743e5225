import { hashFromBytes } from './hash-bytes.ts';
import type { Words128 } from './hash-bytes.ts';

const encoder = new TextEncoder();

/** 128 bits from a text's UTF-8 bytes. Lone surrogates count as U+FFFD. */
export function hashFromText(text: string): Words128 {
  return hashFromBytes(encoder.encode(text));
}

/** A number in [0, 1) with 53 bits, fixed for a text: for splits, samples and folds that must never move. */
export function unitFromText(text: string): number {
  const [high, low] = hashFromText(text);
  return ((high >>> 5) * 0x4000000 + (low >>> 6)) / 0x20000000000000;
}
