import { script } from './scan-text.ts';
import type { ScannedText } from './scan-text.ts';

export interface Loop {
  /** Words of the phrase that comes round. */
  readonly period: number;
  /** How often it stands there in a row. */
  readonly copies: number;
  /** Share of the text within the loop, in percent. */
  readonly percent: number;
}

const longestPeriod = 48;
const slots = 4096;
/** Where each word was seen last; scratch, cleared by each text for itself. */
const seenAt = new Int32Array(slots);
const distances = new Int32Array(longestPeriod + 1);
/** A sentence recurs that stands so often. */
const leastTimes = 3;
/** Sentences by a few bits of their hashes: where none of these comes so often, no sentence does. */
const alike = new Uint16Array(256);

/**
 * The worst immediate repetition: a phrase that follows itself. Runs of one word (laughter, "no, no, no") are looked
 * for like others; how much is too much is for the settings. Only periods are tried at which words come again.
 */
export function worstLoop(scan: ScannedText): Loop {
  const { hashes, count } = scan;
  let worst: Loop = { period: 0, copies: 1, percent: 0 };
  let worstSpan = 0;
  tallyDistances(scan);
  const periods = Math.min(longestPeriod, count >> 1);
  for (let period = 1; period <= periods; period += 1) {
    if ((distances[period] ?? 0) < Math.max(1, period / 3)) continue;
    let run = 0;
    for (let i = period; i <= count; i += 1) {
      if (i < count && hashes[i] === hashes[i - period]) {
        run += 1;
        continue;
      }
      if (run >= period) {
        const span = run + period;
        if (span > worstSpan && isPhrase(scan, i - run - period, period)) {
          worstSpan = span;
          worst = { period, copies: Math.floor(span / period), percent: Math.round((100 * span) / count) };
        }
      }
      run = 0;
    }
  }
  return worst;
}

/** How many words stand at which distance from their last occurrence. */
function tallyDistances({ hashes, count }: ScannedText): void {
  distances.fill(0);
  for (let i = 0; i < count; i += 1) seenAt[slotOf(hashes[i] ?? 0)] = -1;
  for (let i = 0; i < count; i += 1) {
    const slot = slotOf(hashes[i] ?? 0);
    const before = seenAt[slot] ?? -1;
    if (before >= 0 && i - before <= longestPeriod) distances[i - before] = (distances[i - before] ?? 0) + 1;
    seenAt[slot] = i;
  }
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> 15)) & (slots - 1);
}

/** "ha ha" with period two is "ha" with period one. */
function isPhrase({ hashes }: ScannedText, from: number, period: number): boolean {
  for (let part = 1; part <= period >> 1; part += 1) {
    if (period % part !== 0) continue;
    let same = true;
    for (let i = part; i < period && same; i += 1) same = hashes[from + i] === hashes[from + i - part];
    if (same) return false;
  }
  return true;
}

/** Words of sentences that stand three times or more, in percent of the text; verse is left out by its line breaks. */
export function recurringPercent(scan: ScannedText): number {
  if (scan.count < 24) return 0;
  let mostAlike = 0;
  alike.fill(0);
  forEachSentence(scan, (hash) => {
    const slot = slotOf(hash) % alike.length;
    alike[slot] = (alike[slot] ?? 0) + 1;
    mostAlike = Math.max(mostAlike, alike[slot] ?? 0);
  });
  return mostAlike < leastTimes ? 0 : countedPercent(scan);
}

function countedPercent(scan: ScannedText): number {
  const sentences = new Map<number, { times: number; words: number }>();
  forEachSentence(scan, (hash, words) => {
    const entry = sentences.get(hash);
    if (entry) entry.times += 1;
    else sentences.set(hash, { times: 1, words });
  });
  let repeated = 0;
  for (const { times, words } of sentences.values()) if (times >= leastTimes) repeated += times * words;
  return Math.round((100 * repeated) / scan.count);
}

/** Sentences of so many words that their coming again is no chance. */
function forEachSentence(
  { text, hashes, starts, ends, scripts, count }: ScannedText,
  use: (hash: number, words: number) => void,
): void {
  let hash = 0;
  let words = 0;
  for (let i = 0; i < count; i += 1) {
    hash = Math.imul(hash, 31) + (hashes[i] ?? 0);
    words += 1;
    const end = ends[i] ?? 0;
    const next = i + 1 < count ? (starts[i + 1] ?? 0) : text.length;
    if (i + 1 < count && !endsSentence(text, end, next)) continue;
    if (words >= (scripts[i] === script.han ? 8 : 5)) use(hash, words);
    hash = 0;
    words = 0;
  }
}

function endsSentence(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x2e || code === 0x21 || code === 0x3f || code === 0x0a) return true;
    if (code === 0x3002 || code === 0xff01 || code === 0xff1f) return true;
  }
  return false;
}
