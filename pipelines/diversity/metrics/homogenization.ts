import type { Corpus } from '../kernels/corpus.ts';
import { createLcs } from '../kernels/lcs.ts';

/**
 * Homogenization: mean ROUGE-L F of pairs of texts (longest common subsequence of tokens over the mean of both lengths),
 * 0 to 1; NaN with fewer than two texts. Padmakumar and He 2023 (arXiv 2309.05196); equal to `homogenization_score` of
 * the Python package `diversity` before rounding, but 0 where no pair shares a token (the package then says 1), and on
 * any script (its tokenizer keeps only a-z and 0-9). With more than `pairLimit` pairs: the mean over pairs at evenly
 * spread distances in the order of texts, each text as often as any other; standard error about sd / sqrt(pairLimit).
 */
export function homogenization(corpus: Corpus, pairLimit = 500_000): number {
  const { texts, offsets } = corpus;
  if (texts < 2) return Number.NaN;
  const lcs = createLcs(corpus);
  const half = Math.floor((texts - 1) / 2);
  const distances = Math.max(1, Math.floor(pairLimit / texts));
  const all = distances >= half;
  let sum = 0;
  let pairs = 0;
  for (let a = 0; a < texts; a += 1) {
    lcs.from(a);
    const length = (offsets[a + 1] as number) - (offsets[a] as number);
    const add = (b: number) => {
      const both = length + (offsets[b + 1] as number) - (offsets[b] as number);
      if (both > 0) sum += (2 * lcs.to(b)) / both;
      pairs += 1;
    };
    if (all) for (let b = a + 1; b < texts; b += 1) add(b);
    else
      for (let step = 0; step < distances; step += 1)
        add((a + 1 + Math.floor(((step + 0.5) * half) / distances)) % texts);
  }
  return sum / pairs;
}
