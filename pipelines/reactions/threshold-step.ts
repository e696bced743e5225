import { at } from '../maths/matrix.ts';
import { reactions } from './reaction-likelihood.ts';
import type { ThresholdDerivatives } from './reaction-likelihood.ts';

/** A new mean and covariance of an annotator's thresholds. */
export interface ThresholdStep {
  readonly move: Float64Array;
  /** Posterior variances of the three thresholds. */
  readonly variances: Float64Array;
  /** 3 x 3, lower triangle: root of the posterior covariance. */
  readonly root: Float64Array;
  /** Lower bound of the log-likelihood with the thresholds integrated out. */
  logEvidence: number;
}

const longestMove = 1.5;

/** Makes a stepper with room of its own: what a step returns is overwritten by the next. */
export function createThresholdStepper() {
  const inverse = { values: new Float64Array(reactions * reactions), determinant: 1 };
  const step = {
    move: new Float64Array(reactions),
    variances: new Float64Array(reactions),
    root: new Float64Array(reactions * reactions),
    logEvidence: 0,
  };

  /**
   * One step towards the normal that is nearest to the posterior of an annotator's thresholds.
   * @param derivatives averages over the present normal; changed
   * @param thresholds the present mean, from place `base`
   * @param means of the prior, with its `variances`
   */
  return function stepThresholds(
    derivatives: ThresholdDerivatives,
    thresholds: Float64Array,
    base: number,
    means: Float64Array,
    variances: Float64Array,
  ): ThresholdStep {
    const { gradient, information, completeInformation, logLikelihood } = derivatives;
    if (!invert3(information, variances, inverse)) invert3(completeInformation, variances, inverse);
    const { values } = inverse;
    let penalty = 0;
    for (let e = 0; e < reactions; e += 1) {
      const variance = at(variances, e);
      const from = at(thresholds, base + e) - at(means, e);
      const own = at(values, e * reactions + e);
      penalty += ((from * from + own) / variance - 1 + Math.log(variance)) / 2;
      gradient[e] = at(gradient, e) - from / variance;
      step.variances[e] = own;
    }
    for (let e = 0; e < reactions; e += 1) {
      let move = 0;
      for (let h = 0; h < reactions; h += 1) move += at(values, e * reactions + h) * at(gradient, h);
      step.move[e] = Math.max(-longestMove, Math.min(longestMove, move));
    }
    root3(values, step.root);
    step.logEvidence = logLikelihood - penalty - Math.log(inverse.determinant) / 2;
    return step;
  };
}

interface Inverse {
  readonly values: Float64Array;
  /** Of the matrix that was inverted. */
  determinant: number;
}

/** Inverse of the symmetric information + diag(1 / variances); false when that is not positive definite. */
function invert3(information: Float64Array, variances: Float64Array, into: Inverse): boolean {
  const a = at(information, 0) + 1 / at(variances, 0);
  const e = at(information, 4) + 1 / at(variances, 1);
  const i = at(information, 8) + 1 / at(variances, 2);
  const b = at(information, 1);
  const c = at(information, 2);
  const f = at(information, 5);
  const minor = a * e - b * b;
  const determinant = a * (e * i - f * f) - b * (b * i - f * c) + c * (b * f - e * c);
  if (!(a > 0 && minor > 1e-9 * a * e && determinant > 1e-9 * a * e * i)) return false;
  const { values } = into;
  values[0] = (e * i - f * f) / determinant;
  values[4] = (a * i - c * c) / determinant;
  values[8] = minor / determinant;
  values[1] = values[3] = (c * f - b * i) / determinant;
  values[2] = values[6] = (b * f - c * e) / determinant;
  values[5] = values[7] = (b * c - a * f) / determinant;
  into.determinant = determinant;
  return true;
}

/** Cholesky factor of a positive definite 3 x 3 matrix. */
function root3(matrix: Float64Array, into: Float64Array): void {
  const a = Math.sqrt(at(matrix, 0));
  const b = at(matrix, 3) / a;
  const c = at(matrix, 6) / a;
  const d = Math.sqrt(Math.max(0, at(matrix, 4) - b * b));
  const e = d > 0 ? (at(matrix, 7) - b * c) / d : 0;
  into[0] = a;
  into[3] = b;
  into[4] = d;
  into[6] = c;
  into[7] = e;
  into[8] = Math.sqrt(Math.max(0, at(matrix, 8) - c * c - e * e));
}
