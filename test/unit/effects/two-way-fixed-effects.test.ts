import { describe, expect, it } from 'vitest';

import { cellGraphFromMoments } from '../../../pipelines/effects/cell-graph.ts';
import { fitClustered } from '../../../pipelines/effects/cluster-robust.ts';
import { momentsFromRows, scalesFromRows } from '../../../pipelines/effects/moments-from-rows.ts';
import type { AnalysisRow } from '../../../pipelines/effects/moments-from-rows.ts';
import { termsFromPlan } from '../../../pipelines/effects/terms.ts';
import { withinTwoWay } from '../../../pipelines/effects/two-way-fixed-effects.ts';
import { projectTwoWay } from '../../../pipelines/effects/two-way-projection.ts';
import { drawIndex, drawNormal } from '../../../pipelines/maths/draws.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';

const terms = termsFromPlan({
  signals: [
    { name: 'like', tier: 2 },
    { name: 'turns', tier: 3 },
  ],
});

function panel(annotators: number, strata: number, rows: number): AnalysisRow[] {
  const random = createRandom(`${annotators} ${strata}`);
  return Array.from({ length: rows }, () => {
    const signals = [drawNormal(random), drawNormal(random)];
    const annotator = `g${String(drawIndex(random, annotators)).padStart(3, '0')}`;
    const outcome = (signals[0] ?? 0) + drawNormal(random);
    return { annotator, stratum: `s${drawIndex(random, strata)}`, signals, outcome };
  });
}
const momentsOf = (rows: readonly AnalysisRow[]) => momentsFromRows(rows, terms, scalesFromRows(rows));

const worst = (values: Float64Array, truth: Float64Array) =>
  truth.reduce((most, value, i) => Math.max(most, Math.abs((values[i] ?? NaN) - value)), 0);

describe('projectTwoWay', () => {
  it.each([
    [30, 8],
    [8, 30],
  ])(
    'fits the same by conjugate gradients as by Cholesky: %i annotators, %i strata',
    (annotators, strata) => {
      const graph = cellGraphFromMoments(momentsOf(panel(annotators, strata, 300)));
      const [dense, sparse] = [projectTwoWay(graph), projectTwoWay(graph, -1, 0)];
      const { width, cellAnnotator, cellStratum } = graph.moments;
      const fitted = ({ annotatorEffects, stratumEffects }: typeof dense) =>
        Float64Array.from({ length: cellAnnotator.length * width }, (_, index) => {
          const [c, j] = [Math.floor(index / width), index % width];
          const g = annotatorEffects[(cellAnnotator[c] ?? 0) * width + j] ?? NaN;
          return g + (stratumEffects[(cellStratum[c] ?? 0) * width + j] ?? NaN);
        });
      const inGraph = graph.byAnnotator.flatMap((cells) => [...cells]);
      const only = (values: Float64Array) =>
        Float64Array.from(inGraph.flatMap((c) => [...values.subarray(c * width, (c + 1) * width)]));
      expect(worst(only(fitted(sparse)), only(fitted(dense)))).toBeLessThan(1e-10);
      expect(sparse.components).toBe(dense.components);
    },
  );
});

describe('withinTwoWay', () => {
  it('leaves nothing of what annotators and strata explain', () => {
    const rows = panel(20, 6, 400).map((row) => {
      const effect = Number(row.annotator.slice(1)) + 3 * Number(row.stratum.slice(1));
      return { ...row, signals: [effect, row.signals[1] ?? 0] };
    });
    const { pooled, support } = withinTwoWay(momentsOf(rows));
    expect(Math.abs(pooled[0] ?? NaN)).toBeLessThan(1e-9);
    expect(support[1]).toBeGreaterThan(0.8);
  });

  it('takes A_g away instead of refitting when annotators are many, and says so', () => {
    const rows = panel(230, 5, 2300);
    const many = withinTwoWay(momentsOf(rows));
    expect(many.refit).toBe('from_moments');
    const few = withinTwoWay(momentsOf(rows.filter(({ annotator }) => annotator < 'g190')));
    expect(few.refit).toBe('true');
    // Both jackknives of the same data agree to a few percent.
    const approximate = {
      ...few,
      leftOut: few.byCluster.map((matrix) => few.pooled.map((value, i) => value - (matrix[i] ?? 0))),
    };
    const [exact, near] = [few, approximate].map((moments) => fitClustered(moments, [0, 1, 2]));
    for (const j of [0, 1, 2])
      expect(Math.sqrt((near?.cv3[4 * j] ?? NaN) / (exact?.cv3[4 * j] ?? NaN))).toBeCloseTo(1, 1);
  });

  it('counts singletons, also those that only appear when another is gone', () => {
    const rows = panel(10, 4, 200);
    const signals = [0, 0];
    const chain = [
      { annotator: 'x', stratum: 'only-x-and-y', signals, outcome: 1 },
      { annotator: 'y', stratum: 'only-x-and-y', signals, outcome: 2 },
      { annotator: 'y', stratum: 's0', signals, outcome: 3 },
    ];
    const [without, withChain] = [momentsOf(rows), momentsOf([...rows, ...chain])].map((of) =>
      withinTwoWay(of),
    );
    expect(withChain?.singletons).toBe(3);
    expect(withChain?.rows).toBe(without?.rows);
    expect(withChain?.clusters.length).toBe(10);
  });
});
