import type { Slope } from './slope.ts';

/** What one term of the model goes with, in outcome standard deviations per signal standard deviation. */
export interface EffectKey {
  readonly kind: 'main' | 'interaction';
  readonly signals: readonly string[];
  /** total: the model with its own tier and lower ones; direct: all signals and all interactions. */
  readonly estimand: 'total' | 'direct';
}

export interface EstimatedEffect extends EffectKey, Slope {
  readonly answer: true;
  /** Holm among the direct mains, Benjamini-Hochberg among the interactions; null where nothing is tested. */
  readonly pAdjusted: number | null;
  /** Beside it: Liang and Zeger's error, the error of independent sessions, the wild bootstrap's p-value. */
  readonly cr1Error: number;
  readonly plainError: number;
  readonly pBootstrap: number | null;
  readonly effectiveClusters: number;
  readonly largestShare: number;
  /** Share of the signal's sum of squares that annotators and strata leave. */
  readonly support: number;
  /** Least and greatest estimate with one annotator left out. */
  readonly leftOutLow: number;
  readonly leftOutHigh: number;
}

/** An effect that the data cannot tell, and why. */
export interface UntoldEffect extends EffectKey {
  readonly answer: false;
  readonly reason: 'no_variation_left' | 'collinear' | 'one_annotator_identifies';
  readonly says: string;
}

export type Effect = EstimatedEffect | UntoldEffect;
