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
      const [dense, sparse] = [projectTwoWay(graph), projectTwoWay(graph, 0)];
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

  it('leaves an annotator out as if their sessions were not there, also where only they join two groups', () => {
    const rows = panel(12, 8, 240).filter(({ annotator, stratum }) => {
      const [group, half] = [Number(annotator.slice(1)) % 2, Number(stratum.slice(1)) % 2];
      return annotator === 'g004' || group === half;
    });
    const scales = scalesFromRows(rows);
    const within = withinTwoWay(momentsFromRows(rows, terms, scales));
    expect(within.components).toBe(1);
    within.clusters.forEach((_, g) => {
      const name = [...new Set(rows.map(({ annotator }) => annotator))].sort()[g];
      const rest = rows.filter(({ annotator }) => annotator !== name);
      const alone = withinTwoWay(momentsFromRows(rest, terms, scales));
      expect(alone.components).toBe(name === 'g004' ? 2 : 1);
      const size = alone.pooled.length;
      const leftOut = (within.leftOut as Float64Array).subarray(g * size, (g + 1) * size);
      expect(worst(leftOut, alone.pooled)).toBeLessThan(1e-10);
    });
  });

  it('takes A_g away instead of refitting when annotators are many, and says so', () => {
    const rows = panel(230, 5, 2300);
    const many = withinTwoWay(momentsOf(rows));
    expect(many.leftOut).toBe('taken_away');
    const few = withinTwoWay(momentsOf(rows.filter(({ annotator }) => annotator < 'g190')));
    expect(few.leftOut).toBeInstanceOf(Float64Array);
    // Both jackknives of the same data agree to a few percent.
    const approximate = { ...few, leftOut: 'taken_away' as const };
    const [exact, near] = [few, approximate].map((moments) => fitClustered(moments, [0, 1, 2]));
    for (const j of [0, 1, 2])
      expect(Math.sqrt((near?.cv3[4 * j] ?? NaN) / (exact?.cv3[4 * j] ?? NaN))).toBeCloseTo(1, 1);
  });

  it('does so too where strata are so many that solving for all of them again would take long', () => {
    const within = withinTwoWay(momentsOf(panel(12, 900, 4000)));
    expect(within.strata).toBeGreaterThan(800);
    expect(within.leftOut).toBe('taken_away');
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
