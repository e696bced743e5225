import { choleskyFromSymmetric } from '../maths/cholesky.ts';
import { addOuter, at, dot, multiply, quadraticForm, submatrix } from '../maths/matrix.ts';
import type { ClusteredMoments } from './clustered-moments.ts';
import { fitClustered } from './cluster-robust.ts';
import type { ClusterFit } from './cluster-robust.ts';
import { signedSums } from './signs.ts';
import type { Signs } from './signs.ts';

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
  const { width, byCluster, clusterCount: clusters } = moments;
  const q = fit.columns.length;
  const row = fit.bread.slice(j * q, (j + 1) * q);
  const shift = at(fit.theta, j) / at(row, j);
  const restricted = new Float64Array(clusters * q);
  const ownLeverage = new Float64Array(clusters * q);
  const leverageSquares = new Float64Array(q * q);
  const own = new Float64Array(q * q);
  let [ownSquares, observed] = [0, 0];
  for (let g = 0; g < clusters; g += 1) {
    const from = g * q;
    submatrix(byCluster, width, fit.columns, fit.columns, g * width * width, own);
    const rowTimesMoments = multiply(own, row, q, q, 1);
    for (let i = 0; i < q; i += 1)
      restricted[from + i] = at(fit.scores, from + i) + shift * at(rowTimesMoments, i);
    addOuter(leverageSquares, rowTimesMoments, 1);
    const push = dot(row, restricted.subarray(from, from + q));
    for (let i = 0; i < q; i += 1) ownLeverage[from + i] = push * at(rowTimesMoments, i);
    ownSquares += push ** 2;
    observed += dot(row, fit.scores.subarray(from, from + q)) ** 2;
  }
  const statistic = Math.abs(at(fit.theta, j)) / Math.sqrt(observed);
  const sums = signedSums(signs, restricted, q);
  const crosses = signedSums(signs, ownLeverage, q);
  let beyond = 0;
  for (let from = 0; from < sums.length; from += q) {
    const delta = multiply(fit.bread, sums.subarray(from, from + q), q, q, 1);
    const cross = dot(delta, crosses.subarray(from, from + q));
    const variance = ownSquares - 2 * cross + quadraticForm(leverageSquares, delta);
    if (Math.abs(at(delta, j)) >= (1 - 1e-10) * statistic * Math.sqrt(Math.max(0, variance))) beyond += 1;
  }
  return (1 + beyond) / (1 + signs.draws);
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
    { ...moments, leftOut: null },
    full.columns.filter((column) => mains.includes(column)),
  );
  const { width, pooled, byCluster, clusterCount } = moments;
  const held = restricted.columns;
  const [m, n] = [held.length, block.length];
  const slopes = multiply(restricted.bread, submatrix(pooled, width, held, block), m, m, n);
  const explained = multiply(submatrix(pooled, width, block, held), slopes, n, m, n);
  const left = submatrix(pooled, width, block, block).map((value, i) => value - at(explained, i));
  const weight = choleskyFromSymmetric(left, n).inverse();
  const scores = new Float64Array(clusterCount * n);
  for (let g = 0; g < clusterCount; g += 1) {
    const offset = g * width * width;
    const outcome = submatrix(byCluster, width, block, [width - 1], offset);
    const predicted = multiply(submatrix(byCluster, width, block, held, offset), restricted.theta, n, m, 1);
    const score = restricted.scores.subarray(g * m, (g + 1) * m);
    const explainedScore = multiply(score, slopes, 1, m, n);
    for (let i = 0; i < n; i += 1)
      scores[g * n + i] = at(outcome, i) - at(predicted, i) - at(explainedScore, i);
  }
  const total = new Float64Array(n);
  scores.forEach((value, i) => (total[i % n] = at(total, i % n) + value));
  const statistic = quadraticForm(weight, total);
  const sums = signedSums(signs, scores, n);
  let beyond = 0;
  for (let from = 0; from < sums.length; from += n)
    if (quadraticForm(weight, sums.subarray(from, from + n)) >= (1 - 1e-10) * statistic) beyond += 1;
  return { answer: true, statistic, pValue: (1 + beyond) / (1 + signs.draws), columns: n };
}
