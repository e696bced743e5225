import { createPairProbability } from '../../../pipelines/reactions/pair-probability.ts';
import type { ReactionFit } from '../../../pipelines/reactions/reaction-fit.ts';
import type { JudgedReply, SiblingPair } from './judged-reply.ts';

/** A pair as a ranking sees it: how far it puts the reply that the deed prefers ahead, and whether that one is better. */
export interface RankedPair {
  readonly lead: number;
  readonly better: boolean;
}

/** What people do without a model. The effects are the world's own, in outcome standard deviations. */
export const rawRankings: Readonly<Record<string, (pair: SiblingPair) => number>> = {
  'the deed itself': () => 1,
  'like order': ({ better, worse }) => better.like - worse.like,
  'equal sum like - regenerate': ({ better, worse }) => sumOf(better) - sumOf(worse),
  'session effects x signals': ({ better, worse }) => effectsOf(better) - effectsOf(worse),
};

const sumOf = ({ like, regenerated }: JudgedReply) => like - Number(regenerated === true);
const effectsOf = ({ like, regenerated }: JudgedReply) =>
  0.2 * Number(like === 1) - 0.25 * Number(like === -1) - 0.1 * Number(regenerated === true);

export interface JudgedPair {
  readonly pair: SiblingPair;
  /** P that the reply which the deed prefers is the better. */
  readonly p: number;
  readonly better: boolean;
}

export function judgedPairs(fit: ReactionFit, pairs: readonly SiblingPair[]): JudgedPair[] {
  const chanceOf = createPairProbability(fit);
  return pairs.map((pair) => ({
    pair,
    p: chanceOf(pair.better.annotator, pair.better, pair.worse, pair.kind === 'choose' ? 'choose' : null).p,
    better: pair.better.quality > pair.worse.quality,
  }));
}

/**
 * Share of right orders among the pairs that a ranking is surest of.
 * @param count pairs to take; where the last ones tie, their average counts. No lead at all is right half the time
 */
export function agreementAt(pairs: readonly RankedPair[], count: number): number {
  const bySureness = Map.groupBy(pairs, ({ lead }) => Math.round(Math.abs(lead) * 1e9));
  let [left, right] = [count, 0];
  for (const [sureness, tied] of [...bySureness].sort(([a], [b]) => b - a)) {
    if (left <= 0) break;
    const taken = Math.min(left, tied.length);
    const share =
      sureness === 0 ? 0.5 : tied.filter(({ lead, better }) => lead > 0 === better).length / tied.length;
    right += taken * share;
    left -= taken;
  }
  return right / count;
}

export interface Decile {
  readonly from: number;
  readonly pairs: number;
  readonly predicted: number;
  readonly actual: number;
}

/** Predicted against actual by tenths of P, where there are pairs enough. */
export function calibrationOf(pairs: readonly JudgedPair[], fewest = 200): Decile[] {
  return Array.from({ length: 10 }, (_, i) => {
    const own = pairs.filter(({ p }) => p >= i / 10 && (p < (i + 1) / 10 || i === 9));
    return {
      from: i / 10,
      pairs: own.length,
      predicted: own.reduce((sum, { p }) => sum + p, 0) / own.length,
      actual: own.filter(({ better }) => better).length / own.length,
    };
  }).filter((decile) => decile.pairs >= fewest);
}

export const shareBetter = (pairs: readonly { readonly better: boolean }[]) =>
  pairs.filter(({ better }) => better).length / pairs.length;

/** Correlation of a sign (chosen more flattering, less, alike) with being chosen: Pearson's over both sides of pairs. */
export function styleCorrelation(
  pairs: readonly SiblingPair[],
  styleOf: (reply: JudgedReply) => number,
): number {
  const points = pairs.flatMap(({ better, worse }) => [
    [1, styleOf(better)] as const,
    [0, styleOf(worse)] as const,
  ]);
  const mean = (k: 0 | 1) => points.reduce((sum, point) => sum + point[k], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [a, b] of points) {
    xy += (a - x) * (b - y);
    xx += (a - x) ** 2;
    yy += (b - y) ** 2;
  }
  return yy === 0 ? 0 : xy / Math.sqrt(xx * yy);
}
