export interface SamplingSettings {
  readonly seed: string;
  /** Pairs to keep on the train side; null keeps all that caps and balance allow. */
  readonly size: number | null;
  readonly pairsPerGroup: number;
  readonly pairsPerPrompt: number;
  /** Largest share of a side's weight; never under twice the even share. */
  readonly personShare: number;
  readonly characterShare: number;
  /** Largest share of a side's groups, for trainers that know no weights; the same, and one group may always stay. */
  readonly personRows: number;
  readonly characterRows: number;
  /** Least pairs of a stratum in a draw by size, where it has so many. */
  readonly stratumMinimum: number;
  /** Bound on |r| of chosen with each style; 1 keeps every pair. */
  readonly styleTolerance: number;
}

export const defaultSamplingSettings = {
  size: null,
  pairsPerGroup: 3,
  pairsPerPrompt: 10,
  personShare: 0.02,
  characterShare: 0.1,
  personRows: 0.06,
  characterRows: 0.3,
  stratumMinimum: 5,
  styleTolerance: 0.04,
} as const satisfies Omit<SamplingSettings, 'seed'>;
