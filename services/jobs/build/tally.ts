import type { DatasetManifest, FunnelEntry } from '../../../schemas/build-report.ts';
import { splits } from '../../../schemas/provenance.ts';
import type { Drop, Pair } from '../../../pipelines/pairs/pairs-from-history.ts';

type Counts = Map<string, number>;

type Counted = Pick<
  DatasetManifest,
  'pairs' | 'groups' | 'annotators' | 'funnel' | 'splits' | 'sources' | 'cohorts' | 'chosen_longer'
>;

/** Counts what a build gave and left out, as it goes. */
export function createTally() {
  const byStep: Readonly<Record<FunnelEntry['step'], Counts>> = {
    turn: new Map(),
    candidate: new Map(),
    pair: new Map(),
    kept: new Map(),
  };
  const cohorts: Counts = new Map();
  const pairsBySplit: Counts = new Map();
  const annotatorsBySplit: Counts = new Map();
  let pairs = 0;
  let groups = 0;
  let chosenLonger = 0;

  return {
    addTurns(reason: string, count: number): void {
      add(byStep.turn, reason, count);
    },
    addDrop({ reason, source }: Pick<Drop, 'reason' | 'source'>): void {
      add(byStep.candidate, source, 1);
      add(byStep.pair, reason, 1);
    },
    /** @param ofAnnotator all pairs of one annotator, with their cohorts */
    addPairs(ofAnnotator: readonly (Pair & { readonly cohort: string })[]): void {
      for (const pair of ofAnnotator) {
        add(byStep.candidate, pair.source, 1);
        add(byStep.kept, pair.source, 1);
        add(cohorts, pair.cohort, 1);
        add(pairsBySplit, pair.split, 1);
        if (pair.chosen.length > pair.rejected.length) chosenLonger += 1;
      }
      pairs += ofAnnotator.length;
      groups += new Set(ofAnnotator.map(({ groupId }) => groupId)).size;
      const split = ofAnnotator[0]?.split;
      if (split) add(annotatorsBySplit, split, 1);
    },
    counts(): Counted {
      return {
        pairs,
        groups,
        annotators: [...annotatorsBySplit.values()].reduce((sum, count) => sum + count, 0),
        funnel: Object.entries(byStep).flatMap(([step, counts]) =>
          sorted(counts).map(([reason, count]) => ({ step: step as FunnelEntry['step'], reason, count })),
        ),
        splits: Object.fromEntries(
          splits.map((split) => [
            split,
            { pairs: pairsBySplit.get(split) ?? 0, annotators: annotatorsBySplit.get(split) ?? 0 },
          ]),
        ) as DatasetManifest['splits'],
        sources: Object.fromEntries(sorted(byStep.kept)),
        cohorts: Object.fromEntries(sorted(cohorts)),
        chosen_longer: chosenLonger,
      };
    },
  };
}

function add(counts: Counts, key: string, count: number): void {
  if (count > 0) counts.set(key, (counts.get(key) ?? 0) + count);
}

const sorted = (counts: Counts) => [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
