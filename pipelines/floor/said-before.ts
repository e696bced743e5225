import { createScanRoom, scanText } from './scan-text.ts';
import type { ScannedText } from './scan-text.ts';

const probeLength = 12;
const probes = 5;
const shingle = 4;
const room = createScanRoom();

/**
 * Share of the reply that stands in one of the replies before it, in percent of its runs of four words (Chinese: four
 * characters). A look at five snippets comes first: where none of them
 * is found, nothing near-verbatim was said before.
 */
export function percentSaidBefore(scan: ScannedText, previous: readonly string[]): number {
  let worst = 0;
  for (let i = 0; i < previous.length && i < 3; i += 1) {
    const before = previous[i] ?? '';
    if (before.length < probeLength || !sharesSnippets(scan.text, before)) continue;
    worst = Math.max(worst, shared(scan, before));
  }
  return worst;
}

function sharesSnippets(text: string, before: string): boolean {
  if (text === before) return true;
  const step = Math.max(1, Math.floor((text.length - probeLength) / probes));
  for (let at = 0; at + probeLength <= text.length; at += step) {
    if (before.includes(text.slice(at, at + probeLength))) return true;
  }
  return false;
}

function shared(scan: ScannedText, before: string): number {
  const shingles = shinglesOf(scan);
  if (shingles.length === 0) return 0;
  const earlier = new Set(shinglesOf(scanText(before, room)));
  let hits = 0;
  for (const hash of shingles) if (earlier.has(hash)) hits += 1;
  return Math.round((100 * hits) / shingles.length);
}

function shinglesOf({ hashes, count }: ScannedText): number[] {
  const shingles: number[] = [];
  for (let i = 0; i + shingle <= count; i += 1) {
    let hash = 7;
    for (let j = i; j < i + shingle; j += 1) hash = Math.imul(hash, 0x01000193) ^ (hashes[j] ?? 0);
    shingles.push(hash);
  }
  return shingles;
}
