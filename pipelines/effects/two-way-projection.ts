import { at } from '../maths/matrix.ts';
import type { CellGraph } from './cell-graph.ts';
import {
  addToRightSide,
  componentRoots,
  halfLaplacian,
  sideOf,
  solveDense,
  solveSparse,
} from './reduced-system.ts';
import type { Side } from './reduced-system.ts';

/** Annotator and stratum effects of every column; their sum is the fitted value of a cell. */
export interface TwoWayProjection {
  /** annotators x width */
  readonly annotatorEffects: Float64Array;
  /** strata x width */
  readonly stratumEffects: Float64Array;
  /** Parts of the graph of annotators and strata that share no session. */
  readonly components: number;
}

/** Above this many members of the smaller side its Laplacian is solved by conjugate gradients, never written out. */
const largestDense = 2000;

/**
 * Least squares of every column on annotator and stratum effects, exactly: the side with more members is eliminated,
 * the Laplacian of the other side is solved with one member of each component held at zero.
 */
export function projectTwoWay(graph: CellGraph, denseUpTo = largestDense): TwoWayProjection {
  const solveStrata = graph.moments.strata.length <= graph.moments.annotators.length;
  const side = sideOf(graph, solveStrata ? 'strata' : 'annotators');
  const rightSide = new Float64Array(side.size * side.width);
  side.eliminated.forEach((_, e) => {
    addToRightSide(rightSide, side, e, 1);
  });
  const roots = componentRoots(side);
  const solved =
    side.size <= denseUpTo
      ? solveDense(halfLaplacian(side), rightSide, roots, side)
      : solveSparse(rightSide, side);
  const eliminated = eliminatedEffects(side, solved);
  return {
    annotatorEffects: solveStrata ? eliminated : solved,
    stratumEffects: solveStrata ? solved : eliminated,
    components: roots.length,
  };
}

/** (sums - n x effects of the solved side) / rows. */
function eliminatedEffects(
  { width, memberOf, cellRows, eliminated, rows, sums }: Side,
  solved: Float64Array,
) {
  const effects = sums.slice();
  eliminated.forEach((cells, e) => {
    const into = e * width;
    for (const c of cells) {
      const from = (memberOf[c] as number) * width;
      const count = cellRows[c] as number;
      for (let j = 0; j < width; j += 1)
        effects[into + j] = (effects[into + j] as number) - count * (solved[from + j] as number);
    }
    for (let j = 0; j < width && at(rows, e) > 0; j += 1)
      effects[into + j] = at(effects, into + j) / at(rows, e);
  });
  return effects;
}
