import { at } from '../maths/matrix.ts';
import type { CellGraph } from './cell-graph.ts';
import { addToLaplacian, addToRightSide, componentRoots, sideOf, solveDense } from './reduced-system.ts';

/**
 * What is left of the cross moments without each annotator in turn, annotator and stratum effects fitted again:
 * W - R' L^+ R, where W, L and R are sums over the annotators who stay of their moments about their own means, and of
 * their parts of the strata's matrix and right-hand side.
 * @param annotators those to leave out, as positions in the moments
 * @returns annotators x width x width
 */
export function momentsWithoutEach(graph: CellGraph, annotators: readonly number[]): Float64Array {
  const side = sideOf(graph, 'strata');
  const { size, width } = side;
  const all = {
    moments: new Float64Array(width * width),
    rightSide: new Float64Array(size * width),
    laplacian: new Float64Array(size * size),
  };
  const add = (to: typeof all, g: number, sign: 1 | -1) => {
    addAboutMeans(to.moments, graph.products, g, at(side.rows, g), side.sums, width, sign);
    addToRightSide(to.rightSide, side, g, sign);
    addToLaplacian(to.laplacian, side, g, sign);
  };
  for (const g of annotators) add(all, g, 1);
  const leftOut = new Float64Array(annotators.length * width * width);
  const [rightSide, laplacian] = [all.rightSide.slice(), all.laplacian.slice()];
  annotators.forEach((g, index) => {
    const moments = leftOut.subarray(index * width * width, (index + 1) * width * width);
    moments.set(all.moments);
    rightSide.set(all.rightSide);
    laplacian.set(all.laplacian);
    add({ moments, rightSide, laplacian }, g, -1);
    const effects = solveDense(laplacian, rightSide, componentRoots(side, g), side);
    for (let offset = 0; offset < effects.length; offset += width)
      for (let i = 0; i < width; i += 1) {
        const sum = rightSide[offset + i] as number;
        for (let j = 0; j < width; j += 1)
          moments[i * width + j] = (moments[i * width + j] as number) - sum * (effects[offset + j] as number);
      }
    for (let i = 0; i < width; i += 1)
      for (let j = 0; j < i; j += 1) {
        const mean = (at(moments, i * width + j) + at(moments, j * width + i)) / 2;
        moments[i * width + j] = mean;
        moments[j * width + i] = mean;
      }
  });
  return leftOut;
}

/** Adds `sign` times one annotator's cross moments about their means. */
function addAboutMeans(
  target: Float64Array,
  products: Float64Array,
  g: number,
  rows: number,
  sums: Float64Array,
  width: number,
  sign: 1 | -1,
): void {
  for (let i = 0; i < width; i += 1) {
    const mean = at(sums, g * width + i) / rows;
    for (let j = 0; j < width; j += 1)
      target[i * width + j] =
        at(target, i * width + j) +
        sign * (at(products, (g * width + i) * width + j) - mean * at(sums, g * width + j));
  }
}
