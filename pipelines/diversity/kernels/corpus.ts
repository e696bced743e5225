/** Texts as token ids: text i is `tokens[offsets[i] .. offsets[i + 1])`, ids count from 0 in order of appearance. */
export interface Corpus {
  readonly texts: number;
  readonly offsets: Int32Array;
  readonly tokens: Int32Array;
  /** Number of different tokens. */
  readonly kinds: number;
}

/** A corpus from the tokens of each text. */
export function corpusFromTokens(lists: readonly (readonly string[])[]): Corpus {
  const offsets = new Int32Array(lists.length + 1);
  lists.forEach((list, text) => {
    offsets[text + 1] = (offsets[text] as number) + list.length;
  });
  const tokens = new Int32Array(offsets[lists.length] as number);
  const ids = new Map<string, number>();
  let at = 0;
  for (const list of lists)
    for (const token of list) {
      let id = ids.get(token);
      if (id === undefined) {
        id = ids.size;
        ids.set(token, id);
      }
      tokens[at] = id;
      at += 1;
    }
  return { texts: lists.length, offsets, tokens, kinds: ids.size };
}
