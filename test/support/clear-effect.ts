import type { EstimatedEffect } from '../../pipelines/effects/effect.ts';

/** A main effect that nothing speaks against; a test changes what it is about. */
export const clearEffect: EstimatedEffect = {
  answer: true,
  kind: 'main',
  signals: ['like'],
  estimand: 'direct',
  estimate: 0.3,
  stdError: 0.05,
  ciLow: 0.2,
  ciHigh: 0.4,
  df: 40,
  critical: 2,
  pValue: 1e-6,
  pAdjusted: 1e-5,
  cr1Error: 0.05,
  plainError: 0.03,
  pBootstrap: 0.001,
  effectiveClusters: 41,
  largestShare: 0.05,
  support: 0.7,
  leftOutLow: 0.28,
  leftOutHigh: 0.31,
};
