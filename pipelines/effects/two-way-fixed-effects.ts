import { at, positionAt } from '../maths/matrix.ts';
import { cellGraphFromMoments } from './cell-graph.ts';
import type { CellGraph } from './cell-graph.ts';
import type { ClusteredMoments } from './clustered-moments.ts';
import type { Moments } from './moments.ts';
import { projectTwoWay } from './two-way-projection.ts';
import type { TwoWayProjection } from './two-way-projection.ts';

export interface TwoWayMoments extends ClusteredMoments {
  /** Annotators that are in, as positions in the moments; a cluster each, in this order. */
  readonly clusters: readonly number[];
  readonly strata: number;
  readonly components: number;
  readonly singletons: number;
  /** Whether each refit solved all fixed effects again, or took its cluster's A_g away. */
  readonly refit: 'true' | 'from_moments';
  /** For each column the share of its sum of squares that annotators and strata leave. */
  readonly support: Float64Array;
}

/** From how many annotators on a refit without one of them takes A_g away instead of solving again. */
const largestTrueRefit = 200;

/**
 * The exact two-way within transformation (annotator and stratum effects), from cells and moments alone:
 * A_g = sum d d' - sum_c (D_c f_c' + f_c D_c') + sum_c n_c f_c f_c', f the projection on both effects.
 * @param leaveOneOut false where no jackknife is wanted: `leftOut` is then empty
 */
export function withinTwoWay(moments: Moments, { leaveOneOut = true } = {}): TwoWayMoments {
  const { width } = moments;
  const graph = cellGraphFromMoments(moments);
  const clusters = graph.byAnnotator.flatMap((cells, g) => (cells.length > 0 ? [g] : []));
  const strata = graph.byStratum.filter((cells) => cells.length > 0).length;
  const projection = projectTwoWay(graph);
  const byCluster = clusters.map((g) => residualProducts(graph, projection, g));
  const pooled = sumOf(byCluster, width * width);
  const totals = totalAround(graph);
  const refit = clusters.length <= largestTrueRefit ? 'true' : 'from_moments';
  const raw = refit === 'true' && leaveOneOut ? rawSumsOf(graph) : undefined;
  const leftOut = (leaveOneOut ? clusters : []).map((g, index) =>
    raw
      ? pooledWithout(graph, raw, g)
      : pooled.map((value, i) => value - at(byCluster[index] as Float64Array, i)),
  );
  const { components } = projection;
  return {
    width,
    byCluster,
    pooled,
    leftOut,
    rows: graph.rows,
    clusterRows: clusters.map((g) =>
      Array.from(graph.byAnnotator[g] ?? [], (c) => at(moments.cellRows, c)).reduce(
        (sum, rows) => sum + rows,
        0,
      ),
    ),
    absorbed: strata,
    absorbedWithNested: clusters.length + strata - components,
    floors: totals.map((value) => 1e-10 * value),
    clusters,
    strata,
    components,
    singletons: graph.singletons,
    refit,
    support: totals.map((value, j) => (value > 0 ? at(pooled, j * width + j) / value : 0)),
  };
}

/** A_g of one annotator. */
function residualProducts(graph: CellGraph, projection: TwoWayProjection, g: number): Float64Array {
  const { width, cellStratum, cellRows, cellSums } = graph.moments;
  const { annotatorEffects, stratumEffects } = projection;
  const products = graph.products.slice(g * width * width, (g + 1) * width * width);
  const fitted = new Float64Array(width);
  const left = new Float64Array(width);
  for (const c of graph.byAnnotator[g] ?? []) {
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
        products[i * width + j] =
          (products[i * width + j] as number) - sum * (fitted[j] as number) - fit * (left[j] as number);
    }
  }
  for (let i = 0; i < width; i += 1)
    for (let j = 0; j < i; j += 1) products[i * width + j] = at(products, j * width + i);
  return products;
}

/** Sums of all columns by annotator and by stratum, and of all products. */
interface RawSums {
  readonly byAnnotator: Float64Array;
  readonly byStratum: Float64Array;
  readonly products: Float64Array;
}

function rawSumsOf({ moments, byAnnotator, products }: CellGraph): RawSums {
  const { width, annotators, strata, cellStratum, cellSums } = moments;
  const annotatorSums = new Float64Array(annotators.length * width);
  const stratumSums = new Float64Array(strata.length * width);
  const all = new Float64Array(width * width);
  byAnnotator.forEach((cells, g) => {
    if (cells.length === 0) return;
    for (let i = 0; i < all.length; i += 1) all[i] = at(all, i) + at(products, g * all.length + i);
    for (const c of cells)
      for (let j = 0; j < width; j += 1) {
        const value = at(cellSums, c * width + j);
        const index = positionAt(cellStratum, c) * width + j;
        annotatorSums[g * width + j] = at(annotatorSums, g * width + j) + value;
        stratumSums[index] = at(stratumSums, index) + value;
      }
  });
  return { byAnnotator: annotatorSums, byStratum: stratumSums, products: all };
}

/** The pooled moments of the fit without one annotator, both effects solved again: sum dd' - sum d f'. */
function pooledWithout(graph: CellGraph, raw: RawSums, without: number): Float64Array {
  const { width, cellStratum, cellSums } = graph.moments;
  const { annotatorEffects, stratumEffects } = projectTwoWay(graph, without);
  const pooled = raw.products.map((value, i) => value - at(graph.products, without * width * width + i));
  const stratumSums = raw.byStratum.slice();
  for (const c of graph.byAnnotator[without] ?? [])
    for (let j = 0; j < width; j += 1) {
      const index = positionAt(cellStratum, c) * width + j;
      stratumSums[index] = at(stratumSums, index) - at(cellSums, c * width + j);
    }
  // The effects of the annotator who is left out are zero, so its sums do no harm.
  for (const [sums, effects] of [
    [raw.byAnnotator, annotatorEffects],
    [stratumSums, stratumEffects],
  ] as const)
    for (let offset = 0; offset < sums.length; offset += width)
      for (let i = 0; i < width; i += 1) {
        const sum = at(sums, offset + i);
        for (let j = 0; j < width; j += 1)
          pooled[i * width + j] = at(pooled, i * width + j) - sum * at(effects, offset + j);
      }
  return symmetrized(pooled, width);
}

/** Sums of squares about the overall mean of each column. */
function totalAround(graph: CellGraph): Float64Array {
  const { width, cellSums } = graph.moments;
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  graph.byAnnotator.forEach((cells, g) => {
    for (let j = 0; j < width && cells.length > 0; j += 1)
      squares[j] = at(squares, j) + at(graph.products, g * width * width + j * width + j);
    for (const c of cells)
      for (let j = 0; j < width; j += 1) sums[j] = at(sums, j) + at(cellSums, c * width + j);
  });
  return squares.map((value, j) => Math.max(0, value - at(sums, j) ** 2 / Math.max(1, graph.rows)));
}

function sumOf(matrices: readonly Float64Array[], length: number): Float64Array {
  const sum = new Float64Array(length);
  for (const matrix of matrices) for (let i = 0; i < length; i += 1) sum[i] = at(sum, i) + at(matrix, i);
  return sum;
}

function symmetrized(matrix: Float64Array, width: number): Float64Array {
  return matrix.map((value, index) => {
    const i = Math.floor(index / width);
    return (value + at(matrix, (index % width) * width + i)) / 2;
  });
}
