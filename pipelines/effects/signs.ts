import type { Random } from '../maths/random.ts';

/** Rademacher signs for each draw and cluster: a bit each, set for +1, eight clusters a byte. */
export interface Signs {
  readonly draws: number;
  readonly clusters: number;
  /** draws x ceil(clusters / 8) */
  readonly bytes: Uint8Array;
}

export function drawSigns(random: Random, draws: number, clusters: number): Signs {
  const stride = Math.ceil(clusters / 8);
  const bytes = new Uint8Array(draws * stride);
  for (let draw = 0; draw < draws; draw += 1)
    for (let b = 0, bits = 0; b < stride; b += 1) {
      if (b % 4 === 0) bits = random.uint32();
      bytes[draw * stride + b] = bits >>> (8 * (b % 4));
    }
  return { draws, clusters, bytes };
}

export function signOf({ clusters, bytes }: Signs, draw: number, cluster: number): 1 | -1 {
  const byte = bytes[draw * Math.ceil(clusters / 8) + (cluster >> 3)] as number;
  return (byte >> (cluster & 7)) & 1 ? 1 : -1;
}

/**
 * In each draw the sum of the clusters' vectors, each with its sign: draws x n. The 256 ways in which eight clusters
 * can add up are written out once, so that a draw adds one vector for eight clusters.
 * @param vectors clusters x n
 */
export function signedSums(
  { draws, clusters, bytes }: Signs,
  vectors: Float64Array,
  n: number,
): Float64Array {
  const stride = Math.ceil(clusters / 8);
  const sums = new Float64Array(draws * n);
  const ways = new Float64Array(256 * n);
  for (let b = 0; b < stride; b += 1) {
    writeWays(ways, vectors.subarray(8 * b * n, 8 * (b + 1) * n), n);
    for (let draw = 0; draw < draws; draw += 1) {
      const from = (bytes[draw * stride + b] as number) * n;
      const into = draw * n;
      for (let i = 0; i < n; i += 1) sums[into + i] = (sums[into + i] as number) + (ways[from + i] as number);
    }
  }
  return sums;
}

/** At `way` x n the sum of up to eight vectors, of which those with a bit of `way` are added and others taken away. */
function writeWays(ways: Float64Array, vectors: Float64Array, n: number): void {
  ways.fill(0, 0, n);
  for (let k = 0; k < vectors.length; k += n)
    for (let i = 0; i < n; i += 1) ways[i] = (ways[i] as number) - (vectors[k + i] as number);
  for (let way = 1; way < 256; way += 1) {
    const rest = (way & (way - 1)) * n;
    const vector = (31 - Math.clz32(way & -way)) * n;
    for (let i = 0; i < n; i += 1)
      ways[way * n + i] = (ways[rest + i] as number) + 2 * (vectors[vector + i] ?? 0);
  }
}
