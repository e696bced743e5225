import { defaultSamplingSettings } from '../../../pipelines/pairs/sampling-settings.ts';
import { cappedWeights } from '../../../pipelines/pairs/sampling-weights.ts';
import type { Split } from '../../../schemas/provenance.ts';

/** A single or a group, of which all are kept, as the caps see it. */
export interface UndrawnRow {
  readonly id: string;
  readonly side: Split;
  readonly annotatorId: string;
  /** Empty where the app named none. */
  readonly characterId: string;
}

export interface WeighedRow {
  readonly id: string;
  readonly weight: number;
}

/** Weights of rows of one kind, mean 1 on each side; no person and no character holds more than of pairs. */
export function weightsOf(rows: readonly UndrawnRow[]): WeighedRow[] {
  return [...Map.groupBy(rows, ({ side }) => side).values()].flatMap((ofSide) => {
    const single = ofSide.map(({ id, ...row }) => ({ ...row, pairId: id, groupId: id }));
    return Array.from(cappedWeights(single, defaultSamplingSettings), ([id, weight]) => ({ id, weight }));
  });
}
