/** FNV-1a over UTF-16 code units (Fowler, Noll, Vo), 32 bits, signed. */
export const wordHashStart = 0x811c9dc5 | 0;

export function wordHashStep(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

/** Hash of a word in lower case, as `scanText` computes it. */
export function wordHash(word: string): number {
  let hash = wordHashStart;
  for (let i = 0; i < word.length; i += 1) hash = wordHashStep(hash, word.charCodeAt(i));
  return hash;
}
