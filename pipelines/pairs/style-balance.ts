import type { KeyedCandidate } from './sampling-keys.ts';

const lengthSteps = [0.1, 0.3, 0.7, 1.5];

/**
 * How much longer one text is than another, in steps of the logarithm of their ratio: 0 under 10 %, 1 under 35 %, 2
 * under double, 3 under 4.5 times, 4 above; negative when it is the shorter.
 * @param chosenLength, rejectedLength in characters, from 1
 */
export function lengthDifference(chosenLength: number, rejectedLength: number): number {
  const log = Math.log(chosenLength / rejectedLength);
  return Math.sign(log) * lengthSteps.filter((step) => Math.abs(log) >= step).length;
}

/** Rows that are drawn together: two with opposite styles, or one. In the order of their keys. */
export type Unit = readonly [KeyedCandidate] | readonly [KeyedCandidate, KeyedCandidate];

/**
 * Couples each pair whose chosen reply has more of a style with one whose chosen reply has less of it in the same
 * degree: first within a stratum, then across strata, niche characters first. What finds no partner leaves, except so
 * few that |r| of chosen with every style stays within the tolerance: an excess of t(n+ + n-) in each class gives
 * mean d <= t E|d|, and the style's variance over both replies is at least E[d^2]/4, so |r| <= t.
 * @param rows in the order of their keys
 * @param tolerance 1 keeps every row
 */
export function styleBalancedUnits(
  rows: readonly KeyedCandidate[],
  tolerance: number,
): { readonly units: readonly Unit[]; readonly dropped: readonly KeyedCandidate[] } {
  const units: Unit[] = [];
  const dropped: KeyedCandidate[] = [];
  for (const [name, ofClass] of Map.groupBy(rows, ({ styleClass }) => styleClass)) {
    if (name === '' || tolerance >= 1) {
      units.push(...ofClass.map((row): Unit => [row]));
      continue;
    }
    const couples: Unit[] = [];
    const excess = [...Map.groupBy(ofClass, ({ stratum }) => stratum).values()].flatMap((stratum) =>
      coupled(stratum, couples),
    );
    const unmatched = coupled(excess.toSorted(nicheFirst), couples);
    const allowed = Math.floor((tolerance * 2 * couples.length) / (1 - tolerance));
    units.push(...couples, ...unmatched.slice(0, allowed).map((row): Unit => [row]));
    dropped.push(...unmatched.slice(allowed));
  }
  return { units: units.sort((a, b) => a[0].key - b[0].key || (idOf(a) < idOf(b) ? -1 : 1)), dropped };
}

const idOf = ([{ candidate }]: Unit) => candidate.pairId;

/** Matches rows of both directions in their order. @returns those of the direction that has more */
function coupled(rows: readonly KeyedCandidate[], couples: Unit[]): readonly KeyedCandidate[] {
  const more = rows.filter(({ hasMore }) => hasMore);
  const less = rows.filter(({ hasMore }) => !hasMore);
  const matched = Math.min(more.length, less.length);
  for (const [at, row] of more.slice(0, matched).entries()) {
    const other = less[at];
    if (other) couples.push(row.key <= other.key ? [row, other] : [other, row]);
  }
  return [...more.slice(matched), ...less.slice(matched)];
}

function nicheFirst(a: KeyedCandidate, b: KeyedCandidate): number {
  const rank = ({ candidate }: KeyedCandidate) => (candidate.characterTier === 'niche' ? 0 : 1);
  return rank(a) - rank(b) || a.key - b.key || (a.candidate.pairId < b.candidate.pairId ? -1 : 1);
}
