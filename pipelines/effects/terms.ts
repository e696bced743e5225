import type { AnalysisPlan } from '../../schemas/analysis-plan.ts';

/** One column of the model: a signal, or the product of two. */
export interface Term {
  readonly kind: 'main' | 'interaction';
  /** One name or two. */
  readonly signals: readonly string[];
  /** Of an interaction the higher of the two. */
  readonly tier: number;
  /** Positions of its signals among the plan's signals as `termsFromPlan` orders them. */
  readonly factors: readonly number[];
}

/**
 * The columns of the model: signals by tier (within a tier as the plan lists them), then all products of two.
 * A column that earlier ones span is dropped, so on a tie the lower tier stays.
 */
export function termsFromPlan(plan: Pick<AnalysisPlan, 'signals'>): readonly Term[] {
  const signals = [...plan.signals].sort((a, b) => a.tier - b.tier);
  const mains = signals.map(({ name, tier }, i): Term => ({
    kind: 'main',
    signals: [name],
    tier,
    factors: [i],
  }));
  const interactions = signals.flatMap((first, i) =>
    signals.slice(i + 1).map((second, offset): Term => ({
      kind: 'interaction',
      signals: [first.name, second.name],
      tier: Math.max(first.tier, second.tier),
      factors: [i, i + 1 + offset],
    })),
  );
  return [...mains, ...interactions];
}
