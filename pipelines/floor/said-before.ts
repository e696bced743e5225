import { createScanRoom, scanText } from './scan-text.ts';
import type { ScannedText } from './scan-text.ts';

const probeLength = 12;
const probes = 5;
const shingle = 4;

// Kept, so that not every text needs new arrays.
const room = createScanRoom();
let own = new Int32Array(1024);
let earlier = new Int32Array(1024);

/** The runs of an earlier text: a table with open addresses, 0 for an empty slot. */
interface Runs {
  text: string;
  slots: Int32Array<ArrayBuffer>;
  /** Slots in use, a power of two. */
  size: number;
}

/** Of the last texts that were looked at: a reply comes before several others. */
const known = Array.from({ length: 8 }, (): Runs => ({ text: '', slots: new Int32Array(4096), size: 0 }));
let oldest = 0;

/**
 * Share of the reply that stands in one of the replies before it, in percent of its runs of four words (Chinese: four
 * characters). A look at five snippets comes first: where none of them
 * is found, nothing near-verbatim was said before.
 */
export function percentSaidBefore(scan: ScannedText, previous: readonly string[]): number {
  let worst = 0;
  let count = -1;
  for (let i = 0; i < previous.length && i < 3; i += 1) {
    const before = previous[i] ?? '';
    if (before.length < probeLength || !sharesSnippets(scan.text, before)) continue;
    if (count < 0) {
      own = roomFor(scan.count, own);
      count = shinglesInto(own, scan);
    }
    if (count > 0) worst = Math.max(worst, Math.round((100 * sharedWith(before, count)) / count));
  }
  if (count >= 0) remember(scan.text, own, count);
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

/** How many of the reply's own runs stand in an earlier one. */
function sharedWith(before: string, count: number): number {
  const { slots, size } = runsOf(before);
  let hits = 0;
  for (let i = 0; i < count; i += 1) {
    const hash = own[i] ?? 0;
    if (slots[slotOf(hash, slots, size)] === hash) hits += 1;
  }
  return hits;
}

function runsOf(text: string): Runs {
  for (const runs of known) if (runs.text === text) return runs;
  const scan = scanText(text, room);
  earlier = roomFor(scan.count, earlier);
  return remember(text, earlier, shinglesInto(earlier, scan));
}

/** Puts the runs of a text in the place of those that were kept longest. */
function remember(text: string, shingles: Int32Array, count: number): Runs {
  const runs = known[oldest] ?? { text, slots: new Int32Array(0), size: 0 };
  oldest = (oldest + 1) % known.length;
  let size = 64;
  while (size < 2 * count) size *= 2;
  const slots = roomFor(size, runs.slots);
  slots.fill(0, 0, size);
  for (let i = 0; i < count; i += 1) {
    const hash = shingles[i] ?? 0;
    slots[slotOf(hash, slots, size)] = hash;
  }
  return Object.assign(runs, { text, slots, size });
}

/** Where a hash is, or could be. */
function slotOf(hash: number, slots: Int32Array, size: number): number {
  let slot = (hash ^ (hash >>> 15)) & (size - 1);
  while (slots[slot] !== 0 && slots[slot] !== hash) slot = (slot + 1) & (size - 1);
  return slot;
}

/** @returns how many there are; none is 0 */
function shinglesInto(shingles: Int32Array, { hashes, count }: ScannedText): number {
  const last = count - shingle;
  for (let i = 0; i <= last; i += 1) {
    let hash = 7;
    for (let j = i; j < i + shingle; j += 1) hash = Math.imul(hash, 0x01000193) ^ (hashes[j] ?? 0);
    shingles[i] = hash === 0 ? 1 : hash;
  }
  return Math.max(0, last + 1);
}

const roomFor = (size: number, before: Int32Array<ArrayBuffer>) =>
  size <= before.length ? before : new Int32Array(2 * size);
