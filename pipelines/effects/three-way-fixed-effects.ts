import { solveByConjugateGradients } from '../maths/conjugate-gradients.ts';
import { at, positionAt } from '../maths/matrix.ts';
import { fitClustered } from './cluster-robust.ts';
import type { ClusterFit } from './cluster-robust.ts';
import type { ClusteredMoments } from './clustered-moments.ts';
import type { Moments } from './moments.ts';

/** Moments after annotator, stratum and a third effect, such as the character, are taken out; by each kind of cluster. */
export interface ThreeWayMoments extends ClusteredMoments {
  readonly byThird: readonly Float64Array[];
  readonly byPair: readonly Float64Array[];
}

/**
 * Least squares on three effects by conjugate gradients on cells: nothing is written out but one vector an effect.
 * @param moments of which the "annotators" are pairs of annotator and third
 * @param pairFrom what a pair's name stands for
 * @throws RangeError when the gradients do not converge
 */
export function withinThreeWay(
  moments: Moments,
  pairFrom: (name: string) => readonly [annotator: string, third: string],
): ThreeWayMoments {
  const { width, annotators, strata, cellAnnotator, cellStratum, cellRows, cellSums, products } = moments;
  const pairs = annotators.map(pairFrom);
  const [owners, thirds] = [indexOf(pairs.map(([owner]) => owner)), indexOf(pairs.map(([, third]) => third))];
  const [G, S] = [owners.count, strata.length];
  const size = G + S + thirds.count;
  const cells = cellRows.length;
  const first = Int32Array.from(cellAnnotator, (pair) => positionAt(owners.of, pair));
  const second = Int32Array.from(cellStratum, (s) => G + s);
  const third = Int32Array.from(cellAnnotator, (pair) => G + S + positionAt(thirds.of, pair));

  const diagonal = new Float64Array(size);
  const addTo = (target: Float64Array, c: number, value: number) => {
    for (const index of [positionAt(first, c), positionAt(second, c), positionAt(third, c)])
      target[index] = at(target, index) + value;
  };
  for (let c = 0; c < cells; c += 1) addTo(diagonal, c, at(cellRows, c));
  const fittedOf = (v: Float64Array, c: number) =>
    at(v, positionAt(first, c)) + at(v, positionAt(second, c)) + at(v, positionAt(third, c));
  const times = (v: Float64Array) => {
    const image = new Float64Array(size);
    for (let c = 0; c < cells; c += 1) addTo(image, c, at(cellRows, c) * fittedOf(v, c));
    return image;
  };
  const fitted = new Float64Array(cells * width);
  for (let j = 0; j < width; j += 1) {
    const sums = new Float64Array(size);
    for (let c = 0; c < cells; c += 1) addTo(sums, c, at(cellSums, c * width + j));
    const effects = solveByConjugateGradients(times, diagonal, sums, { tolerance: 1e-11 });
    for (let c = 0; c < cells; c += 1) fitted[c * width + j] = fittedOf(effects, c);
  }

  const byPair = pairs.map((_, pair) => products.slice(pair * width * width, (pair + 1) * width * width));
  for (let c = 0; c < cells; c += 1) {
    const matrix = byPair[positionAt(cellAnnotator, c)] as Float64Array;
    for (let i = 0; i < width; i += 1)
      for (let j = 0; j < width; j += 1) {
        const left = at(cellSums, c * width + j) - at(cellRows, c) * at(fitted, c * width + j);
        matrix[i * width + j] =
          at(matrix, i * width + j) -
          at(cellSums, c * width + i) * at(fitted, c * width + j) -
          at(fitted, c * width + i) * left;
      }
  }
  const rowsOfPair = new Float64Array(pairs.length);
  for (let c = 0; c < cells; c += 1) {
    const pair = positionAt(cellAnnotator, c);
    rowsOfPair[pair] = at(rowsOfPair, pair) + at(cellRows, c);
  }
  const byCluster = sumsBy(byPair, owners, width);
  const pooled = sumsBy(byPair, { of: new Int32Array(pairs.length), count: 1 }, width)[0] as Float64Array;
  const rows = rowsOfPair.reduce((sum, count) => sum + count, 0);
  const clusterRows = Array.from({ length: G }, () => 0);
  rowsOfPair.forEach((count, pair) => {
    const g = positionAt(owners.of, pair);
    clusterRows[g] = (clusterRows[g] ?? 0) + count;
  });
  const squares = Float64Array.from({ length: width }, (_, j) =>
    pairs.reduce((sum, _pair, pair) => sum + at(products, (pair * width + j) * width + j), 0),
  );
  return {
    width,
    byCluster,
    byPair,
    byThird: sumsBy(byPair, thirds, width),
    pooled,
    leftOut: [],
    rows,
    clusterRows,
    absorbed: S + thirds.count - 1,
    absorbedWithNested: G + S + thirds.count - 2,
    floors: squares.map((value) => 1e-9 * value),
  };
}

export interface TwoWayClustered {
  readonly fit: ClusterFit;
  /** By column of the fit. */
  readonly stdErrors: Float64Array;
  /** The fewer of annotators and thirds. */
  readonly clusters: number;
}

/**
 * Errors clustered by annotator and by third: V_g + V_c - V_gc (Cameron, Gelbach and Miller 2011), all three with
 * (N-1)/(N-k) and the G/(G-1) of the fewer clusters; where that is not positive, the larger of the first two.
 */
export function fitTwoWayClustered(moments: ThreeWayMoments, columns: readonly number[]): TwoWayClustered {
  const fit = fitClustered(moments, columns);
  const clusters = Math.min(moments.byCluster.length, moments.byThird.length);
  const kinds = [moments.byCluster, moments.byThird, moments.byPair].map((byCluster) => {
    const { cr1 } = fitClustered({ ...moments, byCluster }, fit.columns);
    const own = byCluster.length / (byCluster.length - 1);
    return cr1.map((value) => (value * (clusters / (clusters - 1))) / own);
  });
  const q = fit.columns.length;
  return {
    fit,
    stdErrors: Float64Array.from({ length: q }, (_, j) => {
      const [g = 0, c = 0, gc = 0] = kinds.map((matrix) => at(matrix, j * q + j));
      return Math.sqrt(g + c > gc ? g + c - gc : Math.max(g, c));
    }),
    clusters,
  };
}

interface Index {
  readonly of: Int32Array;
  readonly count: number;
}

function indexOf(names: readonly string[]): Index {
  const position = new Map([...new Set(names)].map((name, index) => [name, index]));
  return { of: Int32Array.from(names, (name) => position.get(name) ?? 0), count: position.size };
}

function sumsBy(parts: readonly Float64Array[], { of, count }: Index, width: number): Float64Array[] {
  const sums = Array.from({ length: count }, () => new Float64Array(width * width));
  parts.forEach((part, p) => {
    const sum = sums[positionAt(of, p)] as Float64Array;
    for (let i = 0; i < sum.length; i += 1) sum[i] = at(sum, i) + at(part, i);
  });
  return sums;
}
