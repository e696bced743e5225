import { mostTries } from './reaction-cell.ts';
import type { ReactionCell } from './reaction-cell.ts';

/** What shifts the quality and the thresholds of a reply: cells with the same design share their tables. */
export interface Design {
  readonly floor: number;
  readonly style: number;
  readonly tries: number;
}

/** Cells as arrays, in an order of their own: by annotator, by design, by reaction. */
export interface CompiledCells {
  readonly annotators: readonly string[];
  /** Cells of annotator g: from starts[g] to starts[g + 1]. */
  readonly starts: Int32Array;
  readonly designs: readonly Design[];
  readonly design: Int32Array;
  readonly like: Int32Array;
  /** 1, 0, or -1 where nothing is known. */
  readonly regenerated: Int32Array;
  readonly count: Float64Array;
  /** By annotator. */
  readonly replies: Float64Array;
  readonly flagged: Float64Array;
  readonly floorBins: number;
  /** By tries: nobody asked for yet another reply after so many, for they settle, or the app allows no more. */
  readonly settled: readonly boolean[];
}

const mostFloorBins = 32;
const mostReplies = 1e12;

/**
 * Sorts and merges cells, so that the same counts give the same arrays in whatever order and parts they come.
 * @param styleBins how many style bins there are
 * @throws RangeError on a count that is none, or a bin that does not exist
 */
export function compileCells(cells: readonly ReactionCell[], styleBins: number): CompiledCells {
  const rows = cells
    .map((cell) => ({ annotator: cell.annotator, key: keyOf(cell, styleBins), count: cell.count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => (a.annotator < b.annotator ? -1 : a.annotator > b.annotator ? 1 : a.key - b.key));
  const keys = [...new Set(rows.map(({ key }) => Math.floor(key / reactionKeys)))].sort((a, b) => a - b);
  const designOf = new Map(keys.map((key, design) => [key, design]));

  const annotators: string[] = [];
  const starts: number[] = [];
  const merged: { key: number; count: number }[] = [];
  for (const { annotator, key, count } of rows) {
    const last = merged.at(-1);
    if (annotator !== annotators.at(-1)) {
      annotators.push(annotator);
      starts.push(merged.length);
      merged.push({ key, count });
    } else if (last?.key === key) last.count += count;
    else merged.push({ key, count });
  }
  starts.push(merged.length);

  const designs = keys.map((key) => designFromKey(key, styleBins));
  const design = Int32Array.from(merged, ({ key }) => designOf.get(Math.floor(key / reactionKeys)) ?? 0);
  const sumBy = (counted: (c: number) => boolean) =>
    Float64Array.from(annotators, (_, g) => {
      let sum = 0;
      for (let c = starts[g] ?? 0; c < (starts[g + 1] ?? 0); c += 1)
        if (counted(c)) sum += merged[c]?.count ?? 0;
      return sum;
    });
  /** Replies after so many tries that were kept (0), or regenerated (1). */
  const seen = (tries: number, regenerated: number) =>
    merged.reduce((sum, { key, count }, c) => {
      const counts = designs[design[c] ?? 0]?.tries === tries && (key % 3) - 1 === regenerated;
      return counts ? sum + count : sum;
    }, 0);
  const usual = seen(0, 1) / (seen(0, 0) + seen(0, 1));
  return {
    annotators,
    starts: Int32Array.from(starts),
    designs,
    design,
    like: Int32Array.from(merged, ({ key }) => (Math.floor(key / 3) % 3) - 1),
    regenerated: Int32Array.from(merged, ({ key }) => (key % 3) - 1),
    count: Float64Array.from(merged, ({ count }) => count),
    replies: sumBy(() => true),
    flagged: sumBy((c) => (designs[design[c] ?? 0]?.floor ?? 0) > 0),
    settled: Array.from(
      { length: tryBins },
      (_, tries) => tries > 0 && seen(tries, 1) === 0 && usual * seen(tries, 0) > leastExpected,
    ),
    floorBins: designs.reduce((most, { floor }) => Math.max(most, floor + 1), 1),
  };
}

/** Nine reactions: three likes times three regenerations. */
const reactionKeys = 9;
const tryBins = mostTries + 1;
/** That nobody did what so many were expected to do is no chance (one in twenty). */
const leastExpected = 3;

function keyOf({ floor, style, tries, like, regenerated, count }: ReactionCell, styleBins: number): number {
  check(Number.isFinite(count) && count >= 0 && count <= mostReplies, 'count', count);
  check(Number.isInteger(floor) && floor >= 0 && floor < mostFloorBins, 'floor bin', floor);
  check(Number.isInteger(style) && style >= 0 && style < styleBins, 'style bin', style);
  check(Number.isInteger(tries) && tries >= 0 && tries <= mostTries, 'tries', tries);
  check([-1, 0, 1].includes(like), 'like', like);
  const reaction = (like + 1) * 3 + (regenerated === null ? 0 : 1 + Number(regenerated));
  return ((floor * styleBins + style) * tryBins + tries) * reactionKeys + reaction;
}

function designFromKey(key: number, styleBins: number): Design {
  const bins = Math.floor(key / tryBins);
  return { floor: Math.floor(bins / styleBins), style: bins % styleBins, tries: key % tryBins };
}

function check(holds: boolean, what: string, value: number): void {
  if (!holds) throw new RangeError(`not a reaction cell: ${what} ${value}`);
}
