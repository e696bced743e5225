import { describe, expect, it } from 'vitest';

import { analysisPlanFromJson } from '../../../pipelines/effects/analysis-plan.ts';
import type { EstimatedEffect } from '../../../pipelines/effects/effect.ts';
import { verdictFromEvidence, verdictOfTotal } from '../../../pipelines/effects/verdict.ts';
import type { Evidence } from '../../../pipelines/effects/verdict.ts';
import { clearEffect } from '../../support/clear-effect.ts';

const plan = analysisPlanFromJson({ outcome: 'rating' });
const good: Evidence = {
  total: { ...clearEffect, estimand: 'total' },
  placeboPValue: 0.4,
  sameSignShare: 1,
  holdsAtBenchmark: true,
  warnings: [],
};

describe('verdictFromEvidence', () => {
  it('says use only when every check holds', () => {
    expect(verdictFromEvidence(clearEffect, good, plan).verdict).toBe('use');
  });

  it.each<[string, string, Partial<EstimatedEffect>, Partial<Evidence>]>([
    ['unknown', 'nothing to compare', { support: 0.04 }, {}],
    ['unknown', 'effective annotators', { effectiveClusters: 5.9 }, {}],
    ['unknown', 'do not tell', { estimate: 0.05, ciLow: -0.01, ciHigh: 0.11 }, {}],
    ['no', 'smaller than 0.05', { estimate: 0.01, ciLow: -0.02, ciHigh: 0.04 }, {}],
    ['no', 'smaller than 0.05', { estimate: 0.03, ciLow: 0.02, ciHigh: 0.04 }, {}],
    ['no', 'placebo', {}, { placeboPValue: 0.009 }],
    ['care', 'all tests', { pAdjusted: 0.06 }, {}],
    ['care', 'opposite signs', {}, { total: { ...clearEffect, estimate: -0.1 } }],
    ['care', 'sign changes', { leftOutLow: -0.01 }, {}],
    ['care', 'One annotator carries 12 %', { largestShare: 0.12 }, {}],
    ['care', 'depends on the specification', {}, { sameSignShare: 0.89 }],
    ['care', 'hidden confounder', {}, { holdsAtBenchmark: false }],
    ['care', 'Not examined: placebo', {}, { placeboPValue: null }],
    ['care', 'Not examined: specification', {}, { sameSignShare: null }],
    ['care', 'Not examined: hidden', {}, { holdsAtBenchmark: null }],
    ['care', 'balance', {}, { warnings: ['balance'] }],
    // In this order: what could not be told stays so whatever a placebo says, and a placebo outweighs an objection.
    [
      'unknown',
      'nothing to compare',
      { support: 0.04, ciLow: -0.01, ciHigh: 0.01 },
      { placeboPValue: 0.001 },
    ],
    ['unknown', 'do not tell', { ciLow: -0.1, ciHigh: 0.4 }, { placeboPValue: 0.001 }],
    ['unknown', 'effective annotators', { effectiveClusters: 5, ciLow: -0.1 }, { placeboPValue: 0.001 }],
    ['no', 'smaller than 0.05', { ciLow: -0.01, ciHigh: 0.01 }, { placeboPValue: 0.001 }],
    ['no', 'placebo', { pAdjusted: 0.06 }, { placeboPValue: 0.01, warnings: ['balance'] }],
  ])('says %s: %s', (verdict, says, effect, evidence) => {
    const result = verdictFromEvidence({ ...clearEffect, ...effect }, { ...good, ...evidence }, plan);
    expect(result.verdict).toBe(verdict);
    expect(result.says).toContain(says);
  });

  it('repeats the reason of an effect that could not be told', () => {
    const untold = {
      kind: 'main',
      signals: ['like'],
      estimand: 'direct',
      answer: false,
      reason: 'collinear',
    } as const;
    expect(verdictFromEvidence({ ...untold, says: 'as another' }, good, plan)).toEqual({
      verdict: 'unknown',
      says: 'as another',
    });
  });

  it('never says use of a total', () => {
    expect(verdictOfTotal(clearEffect, plan).verdict).toBe('care');
    expect(verdictOfTotal({ ...clearEffect, ciLow: -0.1 }, plan).verdict).toBe('unknown');
    expect(verdictOfTotal({ ...clearEffect, ciLow: 0.01, ciHigh: 0.02 }, plan).verdict).toBe('no');
  });
});
