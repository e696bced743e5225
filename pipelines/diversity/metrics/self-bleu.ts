import type { NgramTable } from '../kernels/ngram-table.ts';

const epsilon = 0.1;

/**
 * Self-BLEU-4 of each text against all others, 0 to 1, high where texts repeat each other: NLTK's `sentence_bleu`
 * with uniform weights, `SmoothingFunction().method1` and the closest reference length. Zhu and others 2018
 * (Texygen, arXiv 1802.01886); the mean equals `self_bleu` of vendi_score/text_utils.py. Time linear in tokens: of the
 * other texts only the greatest count of each n-gram matters, and the two greatest of all tell it.
 *
 * @param tables n = 1 to 4 (fewer: BLEU of lower order)
 * @returns one score a text; empty with fewer than two texts
 */
export function selfBleuScores(tables: readonly NgramTable[], lengths: Int32Array): Float64Array {
  const texts = lengths.length;
  if (texts < 2) return new Float64Array(0);
  const logs = new Float64Array(texts);
  const silent = new Uint8Array(texts);
  for (const table of tables) {
    const matches = clippedMatches(table);
    for (let text = 0; text < texts; text += 1) {
      const possible = Math.max(1, (lengths[text] as number) - table.n + 1);
      const matched = matches[text] as number;
      if (table.n === 1 && matched === 0) silent[text] = 1;
      logs[text] =
        (logs[text] as number) + Math.log((matched === 0 ? epsilon : matched) / possible) / tables.length;
    }
  }
  const closest = closestOtherLengths(lengths);
  return logs.map((log, text) => {
    if (silent[text] === 1) return 0;
    const length = lengths[text] as number;
    const reference = closest[text] as number;
    return (length > reference ? 1 : Math.exp(1 - reference / length)) * Math.exp(log);
  });
}

/** By text: its n-grams found in some other text, each at most as often as the other text holds it. */
function clippedMatches({ texts, kinds, rowOffsets, rowKinds, rowCounts }: NgramTable): Float64Array {
  const most = new Int32Array(kinds);
  const second = new Int32Array(kinds);
  const holder = new Int32Array(kinds);
  const eachEntry = (visit: (text: number, kind: number, count: number) => void) => {
    for (let text = 0; text < texts; text += 1) {
      const end = rowOffsets[text + 1] as number;
      for (let at = rowOffsets[text] as number; at < end; at += 1)
        visit(text, rowKinds[at] as number, rowCounts[at] as number);
    }
  };
  eachEntry((text, kind, count) => {
    if (count > (most[kind] as number)) {
      second[kind] = most[kind] as number;
      most[kind] = count;
      holder[kind] = text;
    } else if (count > (second[kind] as number)) second[kind] = count;
  });
  const matches = new Float64Array(texts);
  eachEntry((text, kind, count) => {
    const elsewhere = (holder[kind] === text ? second[kind] : most[kind]) as number;
    matches[text] = (matches[text] as number) + Math.min(count, elsewhere);
  });
  return matches;
}

/** By text: the length nearest to its own among the other texts, the shorter of two at one distance. */
function closestOtherLengths(lengths: Int32Array): Int32Array {
  const order = Uint32Array.from(lengths.keys()).sort(
    (a, b) => (lengths[a] as number) - (lengths[b] as number),
  );
  const closest = new Int32Array(lengths.length);
  order.forEach((text, place) => {
    const own = lengths[text] as number;
    const below = place > 0 ? (lengths[order[place - 1] as number] as number) : -Infinity;
    const above = place + 1 < order.length ? (lengths[order[place + 1] as number] as number) : Infinity;
    closest[text] = own - below <= above - own ? below : above;
  });
  return closest;
}
