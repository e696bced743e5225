import type { AnalysisPlan, StrataPart } from '../../schemas/analysis-plan.ts';
import { benchmarksFromStrata } from './benchmarks.ts';
import type { EffectsEstimate } from './estimate-effects.ts';
import type { Effect, EstimatedEffect } from './effect.ts';
import type { Moments } from './moments.ts';
import { boundAt, robustnessOf } from './sensitivity.ts';
import type { Benchmark, ConfoundedBound, Robustness, SensitivityInput } from './sensitivity.ts';
import { sameSignShare, specificationCurve } from './specification-curve.ts';
import type { Specification } from './specification-curve.ts';
import type { Term } from './terms.ts';
import { verdictFromEvidence } from './verdict.ts';
import type { Verdict } from './verdict.ts';

export interface JudgedEffect {
  readonly effect: Effect;
  readonly verdict: Verdict;
  /** Of direct mains that could be told. */
  readonly sensitivity: EffectSensitivity | null;
  readonly sameSignShare: number | null;
}

export interface EffectSensitivity {
  readonly robustness: Robustness;
  /** The part of the strata that explains most of signal and outcome together. */
  readonly benchmark: Benchmark & { readonly part: StrataPart };
  /** At one, two and three times the benchmark; null where none can be that strong. */
  readonly bounds: readonly (ConfoundedBound | null)[];
}

export interface JudgedEffects {
  readonly effects: readonly JudgedEffect[];
  readonly curve: readonly Specification[];
}

/**
 * A verdict for each effect, from what moments can examine: specification curve, hidden confounders, one annotator
 * left out. Totals get the verdict of the direct effect of their signal.
 * @param parts that the names of the strata are joined of
 * @param placeboPValue of the joint placebo test; null when it has not been made
 */
export function judgeEffects(
  moments: Moments,
  terms: readonly Term[],
  parts: readonly StrataPart[],
  plan: AnalysisPlan,
  result: EffectsEstimate,
  placeboPValue: number | null,
): JudgedEffects {
  const curve = specificationCurve(moments, terms, parts);
  const benchmarks = benchmarksFromStrata(moments, result.direct, parts);
  const direct = result.effects.filter(({ estimand }) => estimand === 'direct');
  const judged = direct.map((effect, column): JudgedEffect => {
    const isMain = effect.kind === 'main';
    const total = result.effects.find(
      (other) => other.estimand === 'total' && isMain && other.signals[0] === effect.signals[0],
    );
    const j = result.direct.columns.indexOf(column);
    const sensitivity =
      effect.answer && isMain
        ? sensitivityOf(
            effect,
            result,
            plan,
            benchmarks.map(({ part, benchmarks: of }) => ({ part, ...(of[j] as Benchmark) })),
          )
        : null;
    const share = effect.answer && isMain ? sameSignShare(curve, column, effect.estimate) : null;
    const [first] = sensitivity?.bounds ?? [];
    const evidence = {
      total: total ?? null,
      placeboPValue,
      sameSignShare: share,
      holdsAtBenchmark: sensitivity ? holds(effect, first) : null,
      warnings: [],
    };
    return {
      effect,
      verdict: verdictFromEvidence(effect, evidence, plan),
      sensitivity,
      sameSignShare: share,
    };
  });
  const totals = result.effects
    .filter(({ estimand }) => estimand === 'total')
    .map((effect): JudgedEffect => {
      const verdict = judged.find(({ effect: of }) => of.signals.join() === effect.signals.join())?.verdict;
      return {
        effect,
        verdict: verdict ?? { verdict: 'unknown', says: 'Its direct effect is not in the model.' },
        sensitivity: null,
        sameSignShare: null,
      };
    });
  return { effects: [...judged, ...totals], curve };
}

function holds(effect: Effect, bound: ConfoundedBound | null | undefined): boolean {
  if (!effect.answer || !bound) return false;
  return Math.sign(bound.estimate) === Math.sign(effect.estimate) && bound.ciLow * bound.ciHigh > 0;
}

function sensitivityOf(
  effect: EstimatedEffect,
  { direct }: EffectsEstimate,
  plan: AnalysisPlan,
  candidates: readonly (Benchmark & { readonly part: StrataPart })[],
): EffectSensitivity | null {
  const input: SensitivityInput = {
    estimate: effect.estimate,
    plainError: effect.plainError,
    stdError: effect.stdError,
    residualDf: direct.residualDf,
    df: effect.df,
    confidence: plan.confidence,
  };
  const strength = ({ withSignal, withOutcome }: Benchmark) => withSignal * withOutcome;
  const strongest = [...candidates].sort((a, b) => strength(b) - strength(a))[0];
  if (!strongest || direct.residualDf < 2) return null;
  return {
    robustness: robustnessOf(input),
    benchmark: strongest,
    bounds: [1, 2, 3].map((times) => boundAt(times, strongest, input)),
  };
}
