import { marksOfWord } from './word-marks.ts';
import { wordHashStart, wordHashStep } from './word-hash.ts';

/** Scripts as far as the floor tells them apart; `none` is everything that is no letter. */
export const script = { none: 0, latin: 1, han: 2, kana: 3, hangul: 4, other: 5, digit: 6 } as const;

/** A text cut into words: a run of letters, or one character where words have no spaces between them. */
export interface ScannedText {
  readonly text: string;
  readonly lower: string;
  readonly count: number;
  readonly scripts: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Hash of the word in lower case. */
  readonly hashes: Int32Array;
  /** Bits of `wordMark` of the word. */
  readonly marks: Uint8Array;
  /** Of all words together: what cannot be in the text need not be looked for. */
  readonly allMarks: number;
  readonly han: number;
  /** There are characters that debris or templates are made of. */
  readonly hasOddCharacters: boolean;
}

const oddBit = 0x10;
const kindBits = 0x0f;

/** Script of each UTF-16 code unit, and whether debris may be made of it: one look-up a character. */
const classes = new Uint8Array(0x10000);
fill(0x30, 0x39, script.digit);
for (const [from, to] of [
  [0x41, 0x5a],
  [0x61, 0x7a],
  [0xc0, 0xd6],
  [0xd8, 0xf6],
  [0xf8, 0x24f],
  [0x1e00, 0x1eff],
] as const) {
  fill(from, to, script.latin);
}
for (const [from, to] of [
  [0x370, 0x1cff],
  [0x1f00, 0x1fff],
] as const)
  fill(from, to, script.other);
for (const [from, to] of [
  [0x3041, 0x30fa],
  [0x30fc, 0x30fe],
] as const)
  fill(from, to, script.kana);
for (const [from, to] of [
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xf900, 0xfaff],
] as const)
  fill(from, to, script.han);
fill(0xac00, 0xd7a3, script.hangul);
for (const letter of '#@%$^&|{}[]\\<¤□■▯§¬¦\u2581\u0120\u010a\u0121\u010b\u00c3\u00c2\u00e2\u00f0\u00ef\u951f\u70eb\u5c6f\ufffd')
  odd(letter.charCodeAt(0));
for (const [from, to] of [
  [0x01, 0x08],
  [0x0b, 0x0b],
  [0x0e, 0x1f],
  [0x7f, 0x9f],
  [0xe3, 0xe9],
  [0xe000, 0xf8ff],
] as const) {
  for (let code = from; code <= to; code += 1) odd(code);
}

function fill(from: number, to: number, kind: number): void {
  classes.fill(kind, from, to + 1);
}

function odd(code: number): void {
  classes[code] = (classes[code] ?? 0) | oddBit;
}

/** Room for the words of one text at a time, kept so that not every text needs new arrays. */
export interface ScanRoom {
  scripts: Uint8Array;
  starts: Int32Array;
  ends: Int32Array;
  hashes: Int32Array;
  marks: Uint8Array;
}

export function createScanRoom(characters = 2048): ScanRoom {
  return {
    scripts: new Uint8Array(characters),
    starts: new Int32Array(characters),
    ends: new Int32Array(characters),
    hashes: new Int32Array(characters),
    marks: new Uint8Array(characters),
  };
}

/**
 * Cuts a text into words. An apostrophe, straight or curly, between letters belongs to the word.
 * @param room the result is in it, and holds until the room is used again
 */
export function scanText(text: string, room: ScanRoom = createScanRoom(text.length)): ScannedText {
  const lowered = text.toLowerCase();
  const lower =
    lowered.length === text.length ? lowered : text.replace(/[A-Z]+/g, (run) => run.toLowerCase());
  const size = text.length;
  if (room.scripts.length < size) Object.assign(room, createScanRoom(2 * size));
  const { scripts, starts, ends, hashes, marks } = room;
  let count = 0;
  let seen = 0;
  let allMarks = 0;
  let han = 0;
  for (let at = 0; at < size;) {
    let code = lower.charCodeAt(at);
    const whole = classes[code] ?? 0;
    const kind = whole & kindBits;
    seen |= whole;
    const start = at;
    at += 1;
    if (kind === script.none) continue;
    let hash = wordHashStep(wordHashStart, code);
    let mark = 0;
    if (kind === script.latin || kind === script.digit || kind === script.other) {
      for (; at < size; at += 1) {
        code = lower.charCodeAt(at);
        const next = classes[code] ?? 0;
        if ((next & kindBits) === kind) {
          hash = wordHashStep(hash, code);
          seen |= next;
        } else if (
          isApostrophe(code) &&
          at + 1 < size &&
          ((classes[lower.charCodeAt(at + 1)] ?? 0) & kindBits) === kind
        ) {
          hash = wordHashStep(hash, 0x27);
        } else break;
      }
      if (kind === script.latin) {
        mark = marksOfWord(hash);
        allMarks |= mark;
      }
    } else if (kind === script.han) han += 1;
    scripts[count] = kind;
    starts[count] = start;
    ends[count] = at;
    hashes[count] = hash;
    marks[count] = mark;
    count += 1;
  }
  const hasOddCharacters = (seen & oddBit) !== 0;
  return { text, lower, count, scripts, starts, ends, hashes, marks, allMarks, han, hasOddCharacters };
}

function isApostrophe(code: number): boolean {
  return code === 0x27 || code === 0x2019;
}
