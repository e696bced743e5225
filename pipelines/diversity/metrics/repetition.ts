import type { NgramTable } from '../kernels/ngram-table.ts';

/**
 * rep-n, 0 to 100: share in percent of n-grams that repeat one of their own text, pooled over the texts; NaN without
 * an n-gram. Su and others 2022 (arXiv 2202.06417); equal to yxuansu/SimCTG simctg/evaluation.py, which leaves out the
 * last n-gram of each text.
 */
export function repN(table: NgramTable): number {
  let [unique, all] = [0, 0];
  eachText(table, (kinds, count, lastIsNew) => {
    if (count < 2) return;
    unique += kinds - (lastIsNew ? 1 : 0);
    all += count - 1;
  });
  return all === 0 ? Number.NaN : 100 * (1 - unique / all);
}

/** SimCTG's diversity, 0 to 1: the product of 1 - rep-n / 100 over n = 2 to 4. */
export function repetitionDiversity(tables: readonly NgramTable[]): number {
  return tables.slice(1, 4).reduce((product, table) => product * (1 - repN(table) / 100), 1);
}

/**
 * seq-rep-n by text, 0 to 1: 1 - different / all n-grams of the text; NaN where it has none. Welleck and others 2019
 * (arXiv 1908.04319); its mean equals `ngram_metrics` of facebookresearch/unlikelihood_training.
 */
export function seqRepScores(table: NgramTable): Float64Array {
  const scores = new Float64Array(table.texts).fill(Number.NaN);
  eachText(table, (kinds, count, _lastIsNew, text) => {
    if (count > 0) scores[text] = 1 - kinds / count;
  });
  return scores;
}

/**
 * Self-repetition by text, from 0: ln(1 + how often its different n-grams stand in other texts, texts counted).
 * Salkar and others 2022; its mean for n = 4 equals `self_repetition_score` of the Python package `diversity`.
 */
export function selfRepetitionScores({ texts, rowOffsets, rowKinds, documents }: NgramTable): Float64Array {
  return Float64Array.from({ length: texts }, (_, text) => {
    let elsewhere = 0;
    const end = rowOffsets[text + 1] as number;
    for (let at = rowOffsets[text] as number; at < end; at += 1)
      elsewhere += (documents[rowKinds[at] as number] as number) - 1;
    return Math.log(elsewhere + 1);
  });
}

type VisitText = (kinds: number, count: number, lastIsNew: boolean, text: number) => void;

/** Of each text: its different n-grams, all its n-grams, and whether its last one stands there only once. */
function eachText(table: NgramTable, visit: VisitText): void {
  const { n, texts, offsets, starts, rowOffsets, rowKinds, rowCounts } = table;
  for (let text = 0; text < texts; text += 1) {
    const start = rowOffsets[text] as number;
    const end = rowOffsets[text + 1] as number;
    const count = Math.max(0, (offsets[text + 1] as number) - (offsets[text] as number) - n + 1);
    // A row lists n-grams by first appearance: one that only the last place holds is the row's last.
    const last = starts[(offsets[text + 1] as number) - n];
    visit(end - start, count, end > start && rowKinds[end - 1] === last && rowCounts[end - 1] === 1, text);
  }
}
