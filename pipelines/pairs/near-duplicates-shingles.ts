const shingleTokens = 5;

const separator = 0;
const wordPart = 1;
const wholeToken = 2;
const surrogate = 3;

/** Scripts written without spaces: one character is one token. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const letter = /[\p{L}\p{N}\p{M}]/u;

let classes: Uint8Array | undefined;

/** What each UTF-16 code unit is, found once. */
function classTable(): Uint8Array {
  if (classes) return classes;
  classes = new Uint8Array(0x10000);
  for (let unit = 0; unit < classes.length; unit += 1) {
    classes[unit] = unit >= 0xd800 && unit <= 0xdfff ? surrogate : classOf(String.fromCharCode(unit));
  }
  return classes;
}

function classOf(character: string): number {
  if (unspaced.test(character)) return wholeToken;
  return letter.test(character) ? wordPart : separator;
}

/** A text as it is compared. */
export interface ShingledText {
  /** Hashes of its tokens, in order. */
  readonly tokens: readonly number[];
  /** Its distinct shingles, hashed, ascending. */
  readonly shingles: Uint32Array;
}

/**
 * The set of a text's shingles: runs of five tokens, hashed to 32 bits, ascending. Tokens are words, or single
 * characters in scripts without spaces (Chinese, Japanese, Thai); case, width (NFKC), punctuation and white space do
 * not count. A shorter text is one shingle, one without any token is its symbols.
 */
export function shingledText(text: string): ShingledText {
  const normal = text.normalize('NFKC').toLowerCase();
  const tokens = tokenHashes(normal);
  if (tokens.length === 0) return { tokens, shingles: Uint32Array.of(mixed(symbolsHash(normal))) };
  return { tokens, shingles: shinglesFromTokens(tokens) };
}

/**
 * Shingles of two texts one behind the other, with anything between them that is no token; undefined where that is
 * one shingle at most.
 * @returns those that are of one of the two texts alone come as they are given; the others stand across the seam
 */
export function shinglesAcross(one: ShingledText, other: ShingledText) {
  if (one.tokens.length + other.tokens.length < shingleTokens) return undefined;
  const whole = ({ tokens, shingles }: ShingledText) => (tokens.length < shingleTokens ? none : shingles);
  const seam = [...one.tokens.slice(1 - shingleTokens), ...other.tokens.slice(0, shingleTokens - 1)];
  return {
    before: whole(one),
    seam: seam.length < shingleTokens ? none : shinglesFromTokens(seam),
    after: whole(other),
  };
}

const none = new Uint32Array(0);

function shinglesFromTokens(tokens: readonly number[]): Uint32Array {
  const count = Math.max(1, tokens.length - shingleTokens + 1);
  const width = Math.min(shingleTokens, tokens.length);
  const hashes = new Uint32Array(count);
  for (let start = 0; start < count; start += 1) {
    let hash = width;
    for (let at = start; at < start + width; at += 1) hash = Math.imul(hash ^ (tokens[at] ?? 0), 0x5bd1e995);
    hashes[start] = mixed(hash);
  }
  return distinct(hashes.sort());
}

function tokenHashes(text: string): number[] {
  const table = classTable();
  const tokens: number[] = [];
  let word = 0;
  for (let at = 0; at < text.length; at += 1) {
    let unit = text.charCodeAt(at);
    let kind = table[unit];
    if (kind === surrogate) {
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      if (character.length === 2) at += 1;
      unit = character.codePointAt(0) ?? 0;
      kind = classOf(character);
    }
    if (kind === wordPart) {
      word = rolled(word === 0 ? 1 : word, unit);
      continue;
    }
    if (word !== 0) tokens.push(mixed(word));
    word = 0;
    if (kind === wholeToken) tokens.push(mixed(rolled(1, unit)));
  }
  if (word !== 0) tokens.push(mixed(word));
  return tokens;
}

function symbolsHash(text: string): number {
  let hash = 2;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > 0x20) hash = rolled(hash, unit);
  }
  return hash;
}

/** A step of a polynomial hash that is never 0, which stands for no word. */
const rolled = (hash: number, unit: number) => (Math.imul(hash, 0x01000193) + unit + 1) | 0 || 1;

/** Finaliser of MurmurHash3: every bit of the result depends on every bit of the input. */
function mixed(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

function distinct(sorted: Uint32Array): Uint32Array {
  let kept = 0;
  for (let at = 0; at < sorted.length; at += 1) {
    const value = sorted[at] ?? 0;
    if (at > 0 && value === sorted[kept - 1]) continue;
    sorted[kept] = value;
    kept += 1;
  }
  return kept === sorted.length ? sorted : sorted.slice(0, kept);
}
