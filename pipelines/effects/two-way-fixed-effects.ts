import { at, positionAt } from '../maths/matrix.ts';
import { cellGraphFromMoments } from './cell-graph.ts';
import type { CellGraph } from './cell-graph.ts';
import { sumOfClusters } from './clustered-moments.ts';
import type { ClusteredMoments } from './clustered-moments.ts';
import { momentsWithoutEach } from './leave-one-out.ts';
import type { Moments } from './moments.ts';
import { projectTwoWay } from './two-way-projection.ts';
import type { TwoWayProjection } from './two-way-projection.ts';

export interface TwoWayMoments extends ClusteredMoments {
  /** Annotators that are in, as positions in the moments; a cluster each, in this order. */
  readonly clusters: readonly number[];
  /** Sessions of each cluster. */
  readonly clusterRows: Float64Array;
  readonly strata: number;
  readonly components: number;
  readonly singletons: number;
  /** For each column the share of its sum of squares that annotators and strata leave. */
  readonly support: Float64Array;
}

/**
 * Up to so many annotators a refit without one of them solves all again; beyond, it takes A_g away. So it does where a
 * system of all strata for each annotator would take longer than a second or two (over 310 strata at 200 annotators).
 */
const largestTrueRefit = { annotators: 200, annotatorsTimesStrataCubed: 6e9 };

/**
 * The exact two-way within transformation (annotator and stratum effects), from cells and moments alone:
 * A_g = sum d d' - sum_c (D_c f_c' + f_c D_c') + sum_c n_c f_c f_c', f the projection on both effects.
 * @param leaveOneOut false where no jackknife is wanted
 */
export function withinTwoWay(moments: Moments, { leaveOneOut = true } = {}): TwoWayMoments {
  const { width } = moments;
  const graph = cellGraphFromMoments(moments);
  const clusters = graph.byAnnotator.flatMap((cells, g) => (cells.length > 0 ? [g] : []));
  const strata = graph.byStratum.filter((cells) => cells.length > 0).length;
  const projection = projectTwoWay(graph);
  const byCluster = residualProducts(graph, projection, clusters);
  const pooled = sumOfClusters(byCluster, width);
  const totals = totalAround(graph);
  const refits =
    clusters.length <= largestTrueRefit.annotators &&
    clusters.length * strata ** 3 <= largestTrueRefit.annotatorsTimesStrataCubed;
  const { components } = projection;
  return {
    width,
    clusterCount: clusters.length,
    byCluster,
    pooled,
    leftOut: !leaveOneOut ? null : refits ? momentsWithoutEach(graph, clusters) : 'taken_away',
    rows: graph.rows,
    clusterRows: Float64Array.from(clusters, (g) => rowsOf(graph, g)),
    absorbed: strata,
    absorbedWithNested: clusters.length + strata - components,
    floors: totals.map((value) => 1e-10 * value),
    clusters,
    strata,
    components,
    singletons: graph.singletons,
    support: totals.map((value, j) => (value > 0 ? at(pooled, j * width + j) / value : 0)),
  };
}

function rowsOf({ moments, byAnnotator }: CellGraph, g: number): number {
  let rows = 0;
  for (const c of byAnnotator[g] ?? []) rows += at(moments.cellRows, c);
  return rows;
}

/** A_g of each annotator: annotators x width x width. */
function residualProducts(
  graph: CellGraph,
  { annotatorEffects, stratumEffects }: TwoWayProjection,
  annotators: readonly number[],
): Float64Array {
  const { width, cellStratum, cellRows, cellSums } = graph.moments;
  const size = width * width;
  const products = new Float64Array(annotators.length * size);
  const fitted = new Float64Array(width);
  const left = new Float64Array(width);
  annotators.forEach((g, index) => {
    const own = products.subarray(index * size, (index + 1) * size);
    own.set(graph.products.subarray(g * size, (g + 1) * size));
    for (const c of graph.byAnnotator[g] as Int32Array) {
      const s = positionAt(cellStratum, c) * width;
      const count = at(cellRows, c);
      const sums = c * width;
      for (let j = 0; j < width; j += 1) {
        fitted[j] = (annotatorEffects[g * width + j] as number) + (stratumEffects[s + j] as number);
        left[j] = (cellSums[sums + j] as number) - count * (fitted[j] as number);
      }
      for (let i = 0; i < width; i += 1) {
        const sum = cellSums[sums + i] as number;
        const fit = fitted[i] as number;
        for (let j = i; j < width; j += 1)
          own[i * width + j] =
            (own[i * width + j] as number) - sum * (fitted[j] as number) - fit * (left[j] as number);
      }
    }
    for (let i = 0; i < width; i += 1)
      for (let j = 0; j < i; j += 1) own[i * width + j] = own[j * width + i] as number;
  });
  return products;
}

/** Sums of squares about the overall mean of each column. */
function totalAround({ moments, byAnnotator, products, rows }: CellGraph): Float64Array {
  const { width, cellSums } = moments;
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  byAnnotator.forEach((cells, g) => {
    for (let j = 0; j < width && cells.length > 0; j += 1)
      squares[j] = at(squares, j) + at(products, (g * width + j) * width + j);
    for (const c of cells)
      for (let j = 0; j < width; j += 1) sums[j] = (sums[j] as number) + (cellSums[c * width + j] as number);
  });
  return squares.map((value, j) => Math.max(0, value - at(sums, j) ** 2 / Math.max(1, rows)));
}
