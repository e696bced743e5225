import { denseKernel, ngramKernel } from '../kernels/ngram-kernel.ts';
import type { NgramTable } from '../kernels/ngram-table.ts';
import { symmetricEigenvalues } from '../kernels/symmetric-eigenvalues.ts';
import { kernelEntropyEstimate } from '../kernels/kernel-entropy-estimate.ts';

/** Up to here all eigenvalues are computed, at a cost cubic in the texts. */
const exactTexts = 700;

/**
 * n-gram Vendi score: exp of the entropy of the eigenvalues of K / texts, 1 (all alike) to the number of texts (no
 * shared n-gram); K is the mean over n of cosines of n-gram counts. Friedman and Dieng 2023 (arXiv 2210.02410); equal
 * to `ngram_vendi_score` of the Python package `vendi-score`. Above 700 texts the entropy is estimated in time linear
 * in tokens (`kernelEntropyEstimate`).
 *
 * @param tables n = 1 to 4
 * @returns NaN without a text
 */
export function vendi(tables: readonly NgramTable[]): number {
  const kernel = ngramKernel(tables);
  const { size } = kernel;
  if (size === 0) return Number.NaN;
  if (size > exactTexts) return Math.exp(kernelEntropyEstimate(kernel));
  let entropy = 0;
  for (const raw of symmetricEigenvalues(denseKernel(kernel), size)) {
    const share = raw / size;
    if (share > 0) entropy -= share * Math.log(share);
  }
  return Math.exp(entropy);
}
