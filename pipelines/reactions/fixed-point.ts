import { choleskyFromSymmetric } from '../maths/cholesky.ts';
import { at } from '../maths/matrix.ts';

export interface FixedPointOptions {
  readonly mostRounds: number;
  /** Done when no element moves further in one round. */
  readonly tolerance: number;
  /** Rounds before steps are combined. */
  readonly plainRounds: number;
  /** Weight of each element in the least squares. */
  readonly weights: Float64Array;
}

export interface FixedPoint {
  readonly state: Float64Array;
  readonly rounds: number;
  readonly converged: boolean;
}

const memory = 5;

/**
 * Fixed point of a map that pulls together, by Anderson's mixing (Walker and Ni 2011, doi:10.1137/10078356X): the next
 * state is the combination of the last rounds' results whose steps would have cancelled best.
 * @param map must not change what it is given
 */
export function findFixedPoint(
  start: Float64Array,
  map: (state: Float64Array) => Float64Array,
  { mostRounds, tolerance, plainRounds, weights }: FixedPointOptions,
): FixedPoint {
  let state = start;
  let before: { step: Float64Array; result: Float64Array } | undefined;
  let stepChanges: Float64Array[] = [];
  let resultChanges: Float64Array[] = [];
  let lastNorm = Infinity;
  for (let round = 1; round <= mostRounds; round += 1) {
    const result = map(state);
    const step = difference(result, state);
    const largest = step.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (round > plainRounds && largest < tolerance) return { state: result, rounds: round, converged: true };
    const norm = product(step, step, weights);
    if (norm > 4 * lastNorm || round <= plainRounds) {
      stepChanges = [];
      resultChanges = [];
    } else if (before) {
      stepChanges = [...stepChanges.slice(1 - memory), difference(step, before.step)];
      resultChanges = [...resultChanges.slice(1 - memory), difference(result, before.result)];
    }
    lastNorm = norm;
    before = { step, result };
    state = combined(result, step, stepChanges, resultChanges, weights);
  }
  return { state, rounds: mostRounds, converged: false };
}

function combined(
  result: Float64Array,
  step: Float64Array,
  stepChanges: readonly Float64Array[],
  resultChanges: readonly Float64Array[],
  weights: Float64Array,
): Float64Array {
  const size = stepChanges.length;
  if (size === 0) return result;
  const gram = Float64Array.from(stepChanges.flatMap((a) => stepChanges.map((b) => product(a, b, weights))));
  const rhs = Float64Array.from(stepChanges, (change) => product(change, step, weights));
  const factors = choleskyFromSymmetric(gram, size, { tolerance: 1e-6 }).solve(rhs);
  const next = Float64Array.from(result);
  resultChanges.forEach((change, j) => {
    const factor = at(factors, j);
    for (let i = 0; i < next.length; i += 1) next[i] = at(next, i) - factor * at(change, i);
  });
  return next;
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(a.length);
  for (let i = 0; i < a.length; i += 1) result[i] = at(a, i) - at(b, i);
  return result;
}

function product(a: Float64Array, b: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += at(a, i) * at(b, i) * at(weights, i);
  return sum;
}
