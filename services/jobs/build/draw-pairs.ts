import { unitFromText } from '../../../pipelines/maths/hash-text.ts';
import type { PairCandidate } from '../../../pipelines/pairs/pair-candidate.ts';
import { defaultSamplingSettings } from '../../../pipelines/pairs/sampling-settings.ts';
import { samplePairs } from '../../../pipelines/pairs/sampling.ts';
import type { SampledStratum } from '../../../pipelines/pairs/sampling.ts';
import type { PairSource, Split } from '../../../schemas/provenance.ts';
import type { BuildContext } from './build-context.ts';
import type { DropWriter } from './drop-writer.ts';
import type { DrawnPair } from './staged-rows.ts';

/** A pair that is good enough, as the draw sees it: ids and numbers, no text. */
export interface CandidatePair extends PairCandidate {
  readonly side: Split;
  readonly sessionId: string;
  readonly chosenTurnId: string;
  readonly rejectedTurnId: string;
  readonly source: PairSource;
  /** Chance that chosen is the better. */
  readonly p: number;
  /** The rejected reply is below the quality floor. */
  readonly flaggedRejected: boolean;
  readonly chosenLonger: boolean;
  readonly gold: boolean;
  /** An earlier dataset, which this build was told to leave out, holds it. */
  readonly isOld: boolean;
}

export interface Draw {
  readonly pairs: readonly CandidatePair[];
  readonly rows: readonly DrawnPair[];
  readonly strata: readonly SampledStratum[];
}

/** Draws the dataset's pairs from the candidates, and counts why the others were not. */
export async function drawPairs(
  { config, seed }: BuildContext,
  candidates: readonly CandidatePair[],
  drops: DropWriter,
): Promise<Draw> {
  const inOrder = candidates
    .map((candidate) => ({ candidate, key: unitFromText(JSON.stringify([seed, candidate.pairId])) }))
    .sort((a, b) => a.key - b.key || (a.candidate.pairId < b.candidate.pairId ? -1 : 1))
    .map(({ candidate }) => candidate);
  const reasons = new Map<string, string>();
  const bounds: readonly Bound[] = [
    {
      isOfKind: ({ isOld }) => isOld,
      share: config.replay_share,
      sideOf: () => 'all',
      reason: 'in_excluded_dataset',
    },
    {
      isOfKind: ({ flaggedRejected }) => flaggedRejected,
      share: config.flagged_rejected_share,
      sideOf: ({ side }) => side,
      reason: 'rejected_below_floor',
    },
  ];
  const bounded = (rows: readonly CandidatePair[]) => {
    for (const bound of bounds) {
      for (const { pairId } of surplusOf(rows, bound))
        if (!reasons.has(pairId)) reasons.set(pairId, bound.reason);
    }
    return rows.filter(({ pairId }) => !reasons.has(pairId));
  };

  // The draw takes more of some pairs than of others: the bounds are held again against what it left.
  for (let left = bounded(inOrder); ;) {
    const drawn = drawnBySide(left, seed);
    const rowOf = new Map(drawn.kept.map((row) => [row.pairId, row]));
    const pairs = left.filter(({ pairId }) => rowOf.has(pairId));
    const before = reasons.size;
    bounded(pairs);
    if (reasons.size > before) {
      left = left.filter(({ pairId }) => !reasons.has(pairId));
      continue;
    }
    for (const { pairId, reason } of drawn.dropped) reasons.set(pairId, reason);
    for (const candidate of candidates) {
      const reason = reasons.get(candidate.pairId);
      if (reason !== undefined) await drops.addCandidate(candidate, reason);
    }
    const sizes = new Map<string, number>();
    for (const { groupId } of pairs) sizes.set(groupId, (sizes.get(groupId) ?? 0) + 1);
    const rows = pairs.map(({ pairId, groupId }) => ({
      id: pairId,
      weight: rowOf.get(pairId)?.weight ?? 1,
      inclusion: rowOf.get(pairId)?.inclusion ?? 1,
      group_share: 1 / (sizes.get(groupId) ?? 1),
    }));
    return { pairs, rows, strata: drawn.strata };
  }
}

/** Under so many pairs chance alone puts |r| of chosen with a style beyond any bound; balance would only cost pairs. */
const balancedFrom = 400;

function drawnBySide(candidates: readonly CandidatePair[], seed: string) {
  const sides = [...Map.groupBy(candidates, ({ side }) => side).values()].map((ofSide) =>
    samplePairs(ofSide, {
      ...defaultSamplingSettings,
      seed,
      ...(ofSide.length < balancedFrom ? { styleTolerance: 1 } : {}),
    }),
  );
  return {
    kept: sides.flatMap(({ kept }) => kept),
    dropped: sides.flatMap(({ dropped }) => dropped),
    strata: sides.flatMap(({ strata }) => strata),
  };
}

/** Rows of a kind may be at most a share of what is kept, on each side or of all. */
interface Bound {
  readonly isOfKind: (candidate: CandidatePair) => boolean;
  readonly share: number;
  readonly sideOf: (candidate: CandidatePair) => string;
  readonly reason: string;
}

/** The rows of a kind that are too many, the last ones. */
function surplusOf(
  candidates: readonly CandidatePair[],
  { isOfKind, share, sideOf }: Bound,
): readonly CandidatePair[] {
  if (share >= 1) return [];
  const room = new Map<string, number>();
  for (const candidate of candidates) {
    const side = sideOf(candidate);
    if (!isOfKind(candidate)) room.set(side, (room.get(side) ?? 0) + share / (1 - share));
  }
  return candidates.filter((candidate) => {
    if (!isOfKind(candidate)) return false;
    const side = sideOf(candidate);
    const left = (room.get(side) ?? 0) - 1;
    room.set(side, left);
    return left < -1e-9;
  });
}
