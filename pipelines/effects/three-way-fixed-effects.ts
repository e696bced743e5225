import { solveByConjugateGradients } from '../maths/conjugate-gradients.ts';
import { at, positionAt } from '../maths/matrix.ts';
import { fitClustered } from './cluster-robust.ts';
import type { ClusterFit } from './cluster-robust.ts';
import { sumOfClusters } from './clustered-moments.ts';
import type { ClusteredMoments } from './clustered-moments.ts';
import type { Moments } from './moments.ts';

/** Moments after annotator, stratum and a third effect, such as the character, are taken out; by each kind of cluster. */
export interface ThreeWayMoments extends ClusteredMoments {
  /** thirds x width x width */
  readonly byThird: Float64Array;
  /** pairs x width x width */
  readonly byPair: Float64Array;
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

  const byPair = products.slice();
  for (let c = 0; c < cells; c += 1) {
    const offset = positionAt(cellAnnotator, c) * width * width;
    for (let i = 0; i < width; i += 1)
      for (let j = 0; j < width; j += 1) {
        const left = at(cellSums, c * width + j) - at(cellRows, c) * at(fitted, c * width + j);
        byPair[offset + i * width + j] =
          at(byPair, offset + i * width + j) -
          at(cellSums, c * width + i) * at(fitted, c * width + j) -
          at(fitted, c * width + i) * left;
      }
  }
  const squares = Float64Array.from({ length: width }, (_, j) =>
    pairs.reduce((sum, _pair, pair) => sum + at(products, (pair * width + j) * width + j), 0),
  );
  return {
    width,
    clusterCount: G,
    byCluster: sumsBy(byPair, owners, width),
    byPair,
    byThird: sumsBy(byPair, thirds, width),
    pooled: sumOfClusters(byPair, width),
    leftOut: null,
    rows: cellRows.reduce((sum, count) => sum + count, 0),
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
  const countOf = (matrices: Float64Array) => matrices.length / moments.width ** 2;
  const clusters = Math.min(moments.clusterCount, countOf(moments.byThird));
  const kinds = [moments.byCluster, moments.byThird, moments.byPair].map((byCluster) => {
    const clusterCount = countOf(byCluster);
    const { cr1 } = fitClustered({ ...moments, clusterCount, byCluster }, fit.columns);
    const own = clusterCount / (clusterCount - 1);
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

/** Sums of the parts, each width x width, of which each index is. */
function sumsBy(parts: Float64Array, { of, count }: Index, width: number): Float64Array {
  const size = width * width;
  const sums = new Float64Array(count * size);
  of.forEach((index, part) => {
    for (let i = 0; i < size; i += 1)
      sums[index * size + i] = (sums[index * size + i] as number) + (parts[part * size + i] as number);
  });
  return sums;
}
