import { at } from '../maths/matrix.ts';
import type { StrataPart } from '../../schemas/analysis-plan.ts';
import { fitLeastSquares } from './least-squares.ts';
import { keepParts, mergeStrata } from './merge-strata.ts';
import type { Moments } from './moments.ts';
import type { Term } from './terms.ts';
import { withinTwoWay } from './two-way-fixed-effects.ts';

/** One way in which the same question could have been asked. */
export interface Specification {
  readonly strata: readonly StrataPart[];
  readonly interactions: boolean;
  /** By term; null where it is not in the model or could not be told. */
  readonly estimates: readonly (number | null)[];
}

/** Every choice of strata parts, each with and without interactions; annotator effects in all. */
export function specificationCurve(
  moments: Moments,
  terms: readonly Term[],
  parts: readonly StrataPart[],
): readonly Specification[] {
  const all = terms.map((_, column) => column);
  const mains = all.filter((column) => terms[column]?.kind === 'main');
  return Array.from({ length: 2 ** parts.length }, (_, mask) => mask).flatMap((mask) => {
    const kept = parts.flatMap((_, position) => ((mask >> position) & 1 ? [position] : []));
    const merged = mergeStrata(moments, keepParts(kept, parts.length));
    const within = withinTwoWay(merged, { leaveOneOut: false });
    return [mains, all].map((columns) => {
      const fit = fitLeastSquares(within, columns);
      return {
        strata: kept.flatMap((position) => parts[position] ?? []),
        interactions: columns.length > mains.length,
        estimates: all.map((column) => {
          const j = fit.columns.indexOf(column);
          return j < 0 ? null : at(fit.theta, j);
        }),
      };
    });
  });
}

/** Share of the specifications with a term in which it has a sign. Untold counts against. */
export function sameSignShare(
  curve: readonly Specification[],
  term: number,
  sign: number,
  kind: Term['kind'] = 'main',
): number {
  const asked = curve.filter(({ interactions }) => kind === 'main' || interactions);
  const same = asked.filter(({ estimates }) => Math.sign(estimates[term] ?? 0) === Math.sign(sign));
  return asked.length > 0 ? same.length / asked.length : 0;
}
