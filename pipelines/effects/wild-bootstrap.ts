import { choleskyFromSymmetric } from '../maths/cholesky.ts';
import { addOuter, at, dot, multiply, quadraticForm, submatrix } from '../maths/matrix.ts';
import type { Random } from '../maths/random.ts';
import type { ClusteredMoments } from './clustered-moments.ts';
import { fitClustered } from './cluster-robust.ts';
import type { ClusterFit } from './cluster-robust.ts';

/** Rademacher signs, one row a draw, one column a cluster. */
export type Signs = readonly Int8Array[];

export function drawSigns(random: Random, draws: number, clusters: number): Signs {
  return Array.from({ length: draws }, () => {
    const signs = new Int8Array(clusters);
    for (let g = 0, bits = 0; g < clusters; g += 1) {
      if (g % 32 === 0) bits = random.uint32();
      signs[g] = (bits >>> (g % 32)) & 1 ? 1 : -1;
    }
    return signs;
  });
}

/**
 * Restricted wild cluster bootstrap (WCR) of one coefficient against zero, studentised by CR1; scores of the fit that
 * holds the null (MacKinnon, Nielsen and Webb, arXiv 2301.04527). Stratum effects are not estimated again in a draw.
 * @param j position in `fit.columns`
 */
export function wildBootstrapPValue(
  moments: ClusteredMoments,
  fit: ClusterFit,
  j: number,
  signs: Signs,
): number {
  const q = fit.columns.length;
  const clusters = fit.scores.length;
  const row = fit.bread.slice(j * q, (j + 1) * q);
  const shift = at(fit.theta, j) / at(row, j);
  const scores = new Float64Array(clusters * q);
  const ownLeverage = new Float64Array(clusters * q);
  const leverageSquares = new Float64Array(q * q);
  let ownSquares = 0;
  let observed = 0;
  moments.byCluster.forEach((matrix, g) => {
    const rowTimesMoments = multiply(
      submatrix(matrix, moments.width, fit.columns, fit.columns),
      row,
      q,
      q,
      1,
    );
    const score = fit.scores[g] as Float64Array;
    const restricted = score.map((value, i) => value + shift * at(rowTimesMoments, i));
    scores.set(restricted, g * q);
    addOuter(leverageSquares, rowTimesMoments, 1);
    const own = dot(row, restricted);
    ownLeverage.set(
      rowTimesMoments.map((value) => own * value),
      g * q,
    );
    ownSquares += own ** 2;
    observed += dot(row, score) ** 2;
  });
  const statistic = Math.abs(at(fit.theta, j)) / Math.sqrt(observed);
  let beyond = 0;
  for (const draw of signs) {
    const sum = signedSum(scores, draw, q);
    const cross = signedSum(ownLeverage, draw, q);
    const delta = multiply(fit.bread, sum, q, q, 1);
    const variance = ownSquares - 2 * dot(delta, cross) + quadraticForm(leverageSquares, delta);
    if (Math.abs(at(delta, j)) >= (1 - 1e-10) * statistic * Math.sqrt(Math.max(0, variance))) beyond += 1;
  }
  return (1 + beyond) / (1 + signs.length);
}

export type BlockTest =
  | { readonly answer: true; readonly statistic: number; readonly pValue: number; readonly columns: number }
  | {
      readonly answer: false;
      readonly reason: 'no_interactions' | 'too_few_clusters';
      readonly says: string;
    };

/**
 * Are all interactions zero? u_g = s_gI - A_IM A_MM^-1 s_gM from the fit of the mains alone, Q = (A_II - A_IM A_MM^-1
 * A_MI)^-1, w = (sum u_g)' Q (sum u_g), its law from random signs of u_g. A Wald F with CR1 rejects a true null far
 * too often when clusters are few.
 * @param full the fit of mains and interactions
 * @param mains columns of the moments that are held; the others are tested
 */
export function testInteractionBlock(
  moments: ClusteredMoments,
  full: ClusterFit,
  mains: readonly number[],
  signs: Signs,
): BlockTest {
  const block = full.columns.filter((column) => !mains.includes(column));
  if (block.length === 0)
    return { answer: false, reason: 'no_interactions', says: 'No interaction is in the model.' };
  const fewest = full.columns.reduce(
    (least, column, i) => (mains.includes(column) ? least : Math.min(least, at(full.effectiveClusters, i))),
    Infinity,
  );
  if (fewest < 2 * block.length)
    return {
      answer: false,
      reason: 'too_few_clusters',
      says: `Cannot tell: ${fewest.toFixed(1)} effective annotators for ${block.length} interactions; twice as many annotators as interactions are needed.`,
    };
  const restricted = fitClustered(
    moments,
    full.columns.filter((column) => mains.includes(column)),
  );
  const { width, pooled, byCluster } = moments;
  const [m, n] = [restricted.columns.length, block.length];
  const slopes = multiply(restricted.bread, submatrix(pooled, width, restricted.columns, block), m, m, n);
  const explained = multiply(submatrix(pooled, width, block, restricted.columns), slopes, n, m, n);
  const left = submatrix(pooled, width, block, block).map((value, i) => value - at(explained, i));
  const weight = choleskyFromSymmetric(left, n).inverse();
  const scores = byCluster.map((matrix, g) => {
    const moved = submatrix(matrix, width, block, [width - 1]);
    const predicted = multiply(
      submatrix(matrix, width, block, restricted.columns),
      restricted.theta,
      n,
      m,
      1,
    );
    const score = restricted.scores[g] as Float64Array;
    return moved.map((value, i) => {
      let sum = value - at(predicted, i);
      for (let k = 0; k < m; k += 1) sum -= at(slopes, k * n + i) * at(score, k);
      return sum;
    });
  });
  const flat = new Float64Array(scores.length * n);
  scores.forEach((score, g) => flat.set(score, g * n));
  const everyone = new Int8Array(scores.length).fill(1);
  const signed = (draw: Int8Array) => quadraticForm(weight, signedSum(flat, draw, n));
  const statistic = signed(everyone);
  const beyond = signs.filter((draw) => signed(draw) >= (1 - 1e-10) * statistic).length;
  return { answer: true, statistic, pValue: (1 + beyond) / (1 + signs.length), columns: n };
}

/** Sum of rows of length n, each with its sign. */
function signedSum(rows: Float64Array, signs: Int8Array, n: number): Float64Array {
  const sum = new Float64Array(n);
  for (let g = 0, offset = 0; g < signs.length; g += 1, offset += n) {
    const sign = signs[g] as number;
    for (let i = 0; i < n; i += 1) sum[i] = (sum[i] as number) + sign * (rows[offset + i] as number);
  }
  return sum;
}
