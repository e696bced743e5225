import type { CharacterTier } from './character-tier.ts';
import type { ConversationStage } from './conversation-stage.ts';
import type { PairCandidate } from './pair-candidate.ts';
import { capGroups, feasibleShare, limitGroups, limitPrompts } from './sampling-caps.ts';
import { drawUnits } from './sampling-draw.ts';
import { keyedCandidates, stratumOf } from './sampling-keys.ts';
import type { KeyedCandidate } from './sampling-keys.ts';
import type { SamplingSettings } from './sampling-settings.ts';
import { cappedWeights } from './sampling-weights.ts';
import { styleBalancedUnits } from './style-balance.ts';

/** Why a pair was not drawn. Of several the first in this list counts. */
export const samplingReasons = [
  'group_limit',
  'prompt_cap',
  'person_cap',
  'character_cap',
  'style_balance',
  'not_drawn',
] as const;
export type SamplingReason = (typeof samplingReasons)[number];

export interface SampledPair {
  readonly pairId: string;
  /** An even part of its group's weight, capped a person and a character; mean 1 on its side. */
  readonly weight: number;
  /** pi_h: share of its stratum's candidates that are kept, in (0, 1]. */
  readonly inclusion: number;
}

export interface SampledStratum {
  readonly side: string;
  readonly cohort: string;
  readonly characterTier: CharacterTier;
  readonly stage: ConversationStage;
  readonly candidates: number;
  readonly kept: number;
}

export interface SampledPairs {
  /** In the order of the candidates. */
  readonly kept: readonly SampledPair[];
  readonly dropped: readonly { readonly pairId: string; readonly reason: SamplingReason }[];
  readonly strata: readonly SampledStratum[];
}

/**
 * Which candidates become rows: limits a group and a prompt, caps a person and a character, balances style within
 * strata (cohort x character tier x stage), and with a size draws by stratum in proportion to the square root of its
 * count. All choices go by a key that is fixed for a pair and a seed (exponential with rate `weight`: Efraimidis and
 * Spirakis, doi:10.1016/j.ipl.2005.11.003), so the order of the candidates does not matter.
 *
 * Without one person: sides and keys of all other rows stay; the limits act within a group or a prompt, where a
 * removal only brings rows back; the levels of the caps move in steps of 9 %; of the balance a removed row moves at
 * most five others of its own style class.
 */
export function samplePairs(candidates: readonly PairCandidate[], settings: SamplingSettings): SampledPairs {
  const reasons = new Map<string, SamplingReason>();
  const weights = new Map<string, number>();
  const sides = Map.groupBy(candidates, ({ side }) => side);
  for (const [side, ofSide] of sides) {
    const size = side === 'train' ? settings.size : null;
    const kept = sampleSide(ofSide, { ...settings, size }, reasons).map(({ candidate }) => candidate);
    for (const [pairId, weight] of cappedWeights(kept, settings)) weights.set(pairId, weight);
  }
  const strata = strataOf(candidates, weights);
  return {
    kept: candidates.flatMap((candidate) => {
      const weight = weights.get(candidate.pairId);
      const stratum = strata.get(stratumOf(candidate));
      if (weight === undefined || !stratum) return [];
      return [{ pairId: candidate.pairId, weight, inclusion: stratum.kept / stratum.candidates }];
    }),
    dropped: candidates.flatMap(({ pairId }) => {
      const reason = reasons.get(pairId);
      return weights.has(pairId) || reason === undefined ? [] : [{ pairId, reason }];
    }),
    strata: [...strata.values()],
  };
}

/**
 * The caps are shares of what is kept, which the caps, the balance and the draw make smaller: with the total that came
 * out the side is drawn again from all candidates, until the total no longer falls.
 */
function sampleSide(
  candidates: readonly PairCandidate[],
  settings: SamplingSettings,
  reasons: Map<string, SamplingReason>,
): readonly KeyedCandidate[] {
  const limited = limitGroups(keyedCandidates(candidates, settings.seed), settings.pairsPerGroup);
  const prompted = limitPrompts(limited.kept, settings.pairsPerPrompt);
  const personRows = feasibleShare(settings.personRows, candidates.map(annotatorOf));
  const characterRows = feasibleShare(settings.characterRows, candidates.map(characterOf));
  for (let total = groupCount(prompted.kept); ;) {
    const persons = capGroups(prompted.kept, annotatorOf, personRows * total);
    const characters = capGroups(persons.kept, characterOf, characterRows * total);
    const tolerance = settings.size === null ? settings.styleTolerance : 0;
    const balanced = styleBalancedUnits(characters.kept, tolerance);
    const drawn = drawUnits(balanced.units, settings);
    const left = groupCount(drawn.kept);
    if (left >= total) {
      const stages = [limited, prompted, persons, characters, balanced, drawn];
      for (const [at, reason] of samplingReasons.entries()) {
        for (const { candidate } of stages[at]?.dropped ?? []) reasons.set(candidate.pairId, reason);
      }
      return drawn.kept;
    }
    total = left;
  }
}

const annotatorOf = ({ annotatorId }: PairCandidate) => annotatorId;
const characterOf = ({ characterId }: PairCandidate) => characterId;
const groupCount = (rows: readonly KeyedCandidate[]) =>
  new Set(rows.map(({ candidate }) => candidate.groupId)).size;

function strataOf(candidates: readonly PairCandidate[], kept: ReadonlyMap<string, number>) {
  const strata = new Map<string, { -readonly [Field in keyof SampledStratum]: SampledStratum[Field] }>();
  for (const candidate of candidates) {
    const name = stratumOf(candidate);
    const { side, cohort, characterTier, stage } = candidate;
    const stratum = strata.get(name) ?? { side, cohort, characterTier, stage, candidates: 0, kept: 0 };
    stratum.candidates += 1;
    if (kept.has(candidate.pairId)) stratum.kept += 1;
    strata.set(name, stratum);
  }
  return new Map([...strata].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
