import type { AnalysisPlan, StrataPart } from '../../schemas/analysis-plan.ts';
import { benchmarksFromStrata } from './benchmarks.ts';
import type { Diagnostic } from './diagnostics.ts';
import type { EffectsEstimate } from './estimate-effects.ts';
import type { Effect, EstimatedEffect } from './effect.ts';
import type { Moments } from './moments.ts';
import { boundAt, robustnessOf } from './sensitivity.ts';
import type { Benchmark, ConfoundedBound, Robustness, SensitivityInput } from './sensitivity.ts';
import { sameSignShare, specificationCurve } from './specification-curve.ts';
import type { Specification } from './specification-curve.ts';
import type { Term } from './terms.ts';
import { verdictFromEvidence, verdictOfTotal } from './verdict.ts';
import type { Verdict } from './verdict.ts';

export interface JudgedEffect {
  readonly effect: Effect;
  readonly verdict: Verdict;
  /** Of direct effects that could be told. */
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
 * A verdict for each effect, from what moments can examine (specification curve, hidden confounders, one annotator left
 * out) and from the diagnostics. Totals are not tested: theirs is about their own interval and never `use`.
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
  diagnostics: readonly Diagnostic[] = [],
): JudgedEffects {
  const curve = specificationCurve(moments, terms, parts);
  const benchmarks = benchmarksFromStrata(moments, result.direct, parts);
  const direct = result.effects.filter(({ estimand }) => estimand === 'direct');
  const judged = direct.map((effect, column): JudgedEffect => {
    const isMain = effect.kind === 'main';
    const term = effect.signals.join();
    const total = result.effects.find(
      (other) => other.estimand === 'total' && isMain && other.signals[0] === effect.signals[0],
    );
    const j = result.direct.columns.indexOf(column);
    const sensitivity = effect.answer
      ? sensitivityOf(
          effect,
          result,
          benchmarks.map(({ part, benchmarks: of }) => ({ part, ...(of[j] as Benchmark) })),
        )
      : null;
    const share = effect.answer ? sameSignShare(curve, column, effect.estimate, effect.kind) : null;
    const [first] = sensitivity?.bounds ?? [];
    const evidence = {
      total: isMain ? (total ?? null) : null,
      placeboPValue,
      sameSignShare: share,
      holdsAtBenchmark: sensitivity ? holds(effect, first) : null,
      warnings: diagnostics
        .filter(
          ({ name, status, signals }) =>
            status !== 'pass' && !inTheRule.test(name) && (signals === undefined || signals.join() === term),
        )
        .map(({ name, says }) => `${name}: ${says}`),
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
    .map((effect) => ({
      effect,
      verdict: verdictOfTotal(effect, plan),
      sensitivity: null,
      sameSignShare: null,
    }));
  return { effects: [...judged, ...totals], curve };
}

/** Diagnostics that say what the rule itself asks. */
const inTheRule =
  /^(support|effective annotators|largest annotator|one annotator left out|placebo outcome)\b/;

function holds(effect: Effect, bound: ConfoundedBound | null | undefined): boolean {
  if (!effect.answer || !bound) return false;
  return Math.sign(bound.estimate) === Math.sign(effect.estimate) && bound.ciLow * bound.ciHigh > 0;
}

function sensitivityOf(
  effect: EstimatedEffect,
  { direct }: EffectsEstimate,
  candidates: readonly (Benchmark & { readonly part: StrataPart })[],
): EffectSensitivity | null {
  const input: SensitivityInput = {
    estimate: effect.estimate,
    plainError: effect.plainError,
    stdError: effect.stdError,
    residualDf: direct.residualDf,
    critical: effect.critical,
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
