import type { DatasetManifest } from '../../../schemas/build-report.ts';
import type { CandidatePair, Draw } from './draw-pairs.ts';

type Counted = Pick<
  DatasetManifest,
  'pairs' | 'groups' | 'annotators' | 'splits' | 'gold' | 'cohorts' | 'chosen_longer' | 'style_correlation'
>;

/** What a manifest counts about the pairs that were drawn. */
export function pairCounts({ pairs }: Draw): Counted {
  const sideOf = (side: string) => {
    const ofSide = pairs.filter((pair) => pair.side === side);
    return { pairs: ofSide.length, annotators: distinct(ofSide, ({ annotatorId }) => annotatorId) };
  };
  const cohorts = [...Map.groupBy(pairs, ({ cohort }) => cohort)]
    .map(([cohort, ofCohort]) => [cohort, ofCohort.length] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    pairs: pairs.length,
    groups: distinct(pairs, ({ groupId }) => groupId),
    annotators: distinct(pairs, ({ annotatorId }) => annotatorId),
    splits: { train: sideOf('train'), validation: sideOf('validation'), test: sideOf('test') },
    gold: pairs.filter(({ gold, side }) => gold && side === 'test').length,
    cohorts: Object.fromEntries(cohorts),
    chosen_longer: pairs.filter(({ chosenLonger }) => chosenLonger).length,
    style_correlation: pairs.length === 0 ? null : styleBound(pairs),
  };
}

const distinct = (pairs: readonly CandidatePair[], keyOf: (pair: CandidatePair) => string) =>
  new Set(pairs.map(keyOf)).size;

/** mean d / sqrt(mean d^2) of the differences d in a style: at least |r|, for a style varies at least by mean d^2 / 4. */
function styleBound(pairs: readonly CandidatePair[]): number {
  const bounds = [0, 1].map((style) => {
    const differences = pairs.map(({ styleDifferences }) => styleDifferences[style] ?? 0);
    const sum = differences.reduce((total, d) => total + d, 0);
    const squares = differences.reduce((total, d) => total + d * d, 0);
    return squares === 0 ? 0 : sum / Math.sqrt(squares * pairs.length);
  });
  return bounds.reduce((most, bound) => (Math.abs(bound) > Math.abs(most) ? bound : most), 0);
}
