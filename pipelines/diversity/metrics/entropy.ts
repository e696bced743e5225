/**
 * Plug-in (maximum likelihood) Shannon entropy, -sum p ln p, in nats, 0 to ln(kinds); NaN without a count. Biased
 * low by about (kinds - 1) / 2N. Equal to scipy.stats.entropy.
 */
export function plugInEntropy(counts: Int32Array): number {
  const total = sum(counts);
  if (total === 0) return Number.NaN;
  let weighted = 0;
  for (const count of counts) if (count > 0) weighted += count * Math.log(count);
  return Math.max(0, Math.log(total) - weighted / total);
}

/** Plug-in entropy + (K - 1) / 2N: Miller 1955; equal to R `entropy::entropy.MillerMadow`. Nats. */
export function millerMadowEntropy(counts: Int32Array): number {
  let kinds = 0;
  for (const count of counts) if (count > 0) kinds += 1;
  return plugInEntropy(counts) + (kinds - 1) / (2 * sum(counts));
}

/**
 * Chao and Shen 2003 (doi:10.1023/A:1026096204727): coverage C = 1 - f1 / N (f1 = N - 1 where all are seen once),
 * p = C n / N, -sum p ln p / (1 - (1 - p)^N). Nats; drifts least with size of the three, but drifts. Equal to R
 * `entropy::entropy.ChaoShen`.
 */
export function chaoShenEntropy(counts: Int32Array): number {
  const total = sum(counts);
  if (total === 0) return Number.NaN;
  let once = 0;
  for (const count of counts) if (count === 1) once += 1;
  const coverage = 1 - (once === total ? total - 1 : once) / total;
  const terms = new Map<number, number>();
  let entropy = 0;
  for (const count of counts) {
    if (count === 0) continue;
    let term = terms.get(count);
    if (term === undefined) {
      const p = (coverage * count) / total;
      // 1 - (1 - p)^N without cancellation.
      term = p >= 1 ? 0 : (-p * Math.log(p)) / -Math.expm1(total * Math.log1p(-p));
      if (p === 0) term = 0;
      terms.set(count, term);
    }
    entropy += term;
  }
  return entropy;
}

function sum(counts: Int32Array): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
