import { expect, it } from 'vitest';

import { analysisPlanFromJson } from '../../../pipelines/effects/analysis-plan.ts';
import { estimateEffects } from '../../../pipelines/effects/estimate-effects.ts';
import { judgeEffects } from '../../../pipelines/effects/judge-effects.ts';
import { momentsFromRows, scalesFromRows } from '../../../pipelines/effects/moments-from-rows.ts';
import type { AnalysisRow } from '../../../pipelines/effects/moments-from-rows.ts';
import { totalTimeDiagnostic } from '../../../pipelines/effects/refuters.ts';
import { termsFromPlan } from '../../../pipelines/effects/terms.ts';
import { withinTwoWay } from '../../../pipelines/effects/two-way-fixed-effects.ts';
import { fitClustered } from '../../../pipelines/effects/cluster-robust.ts';
import { drawIndex, drawLogNormal, drawNormal, drawUniform } from '../../../pipelines/maths/draws.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import { printRow, worldsOr } from './sizes.ts';
import { mean } from './tally.ts';

const plan = analysisPlanFromJson({
  outcome: 'rating',
  strata: ['daypart'],
  bootstrap_draws: 99,
  signals: [
    { name: 'like', tier: 2 },
    { name: 'active_time', tier: 3 },
  ],
});
const terms = termsFromPlan(plan);

/**
 * Sessions of one hour are alike in what is seen; a hidden mood acts on `like` and on the outcome as the hour does,
 * `times` as strongly in partial R2, for or against. Every world has another effect, half of them none.
 */
function hiddenMood(seed: string, times: number) {
  const random = createRandom(seed);
  const truth = random.unit() < 0.5 ? 0 : drawUniform(random, -0.3, 0.3);
  const [onSignal, onOutcome] = [drawUniform(random, 0.15, 0.4), drawUniform(random, 0.15, 0.4)];
  const way = random.unit() < 0.5 ? -1 : 1;
  const dayparts = Array.from({ length: 4 }, () => drawNormal(random));
  const centre = mean(dayparts);
  const spread = Math.sqrt(mean(dayparts.map((value) => (value - centre) ** 2)));
  const drafts = Array.from({ length: 40 }, (_, g) => {
    const taste = drawNormal(random);
    return Array.from({ length: 10 + drawIndex(random, 50) }, () => {
      const d = drawIndex(random, 4);
      const hour = ((dayparts[d] ?? 0) - centre) / spread;
      const mood = drawNormal(random);
      const like = 0.5 * taste + onSignal * hour + onSignal * Math.sqrt(times) * mood + drawNormal(random);
      const hidden = onOutcome * hour + way * onOutcome * Math.sqrt(times) * mood;
      return { annotator: `g${g}`, stratum: `d${d}`, like, active: drawNormal(random), hidden, taste };
    });
  }).flat();
  const rows = drafts.map(({ annotator, stratum, like, active, hidden, taste }): AnalysisRow => ({
    ...{ annotator, stratum, signals: [like, active] },
    outcome: truth * like + 0.2 * active + hidden + taste + drawNormal(random),
  }));
  const scales = scalesFromRows(rows);
  const moments = momentsFromRows(rows, terms, scales);
  const result = estimateEffects(moments, terms, plan, createRandom(seed));
  if (!result.answer) throw new Error(result.says);
  const judged = judgeEffects(moments, terms, ['daypart'], plan, result, 0.5).effects[0];
  return { truth: (truth * (scales[0]?.sd ?? 1)) / (scales[2]?.sd ?? 1), judged };
}

it.each([1, 2, 3])(
  'bounds what a hidden confounder of %i times the benchmark can do',
  (times) => {
    const worlds = worldsOr(60);
    let [bounded, naive, nulls, used] = [0, 0, 0, 0];
    for (let w = 0; w < worlds; w += 1) {
      const { truth, judged } = hiddenMood(`${times} ${w}`, times);
      const bound = judged?.sensitivity?.bounds[times - 1];
      if (!judged?.effect.answer || !bound) throw new Error('no bound');
      const { estimate, ciLow, ciHigh } = judged.effect;
      const reach = bound.bias + (bound.ciHigh - bound.ciLow) / 2;
      if (Math.abs(truth - estimate) <= reach) bounded += 1;
      if (ciLow <= truth && truth <= ciHigh) naive += 1;
      if (truth === 0) {
        nulls += 1;
        if (judged.verdict.verdict === 'use') used += 1;
      }
    }
    printRow({
      ...{ times, worlds, 'inside the bound': bounded / worlds, 'inside the plain interval': naive / worlds },
      ...{ 'null signals': nulls, 'of them for use': used / nulls },
    });
    const slack = worlds < 500 ? 3 * Math.sqrt((0.9 * 0.1) / worlds) : 0;
    expect(bounded / worlds).toBeGreaterThan(0.9 - slack);
    // The plain interval is not enough: the confounder is real.
    expect(naive / worlds).toBeLessThan(0.6);
    if (times === 1) expect(used / nulls).toBeLessThan(0.05 + slack);
  },
  7_200_000,
);

it('puts time before turns with active time, and says that total time would not', () => {
  const worlds = worldsOr(12);
  let [right, lost, said] = [0, 0, 0];
  for (let w = 0; w < worlds; w += 1) {
    const random = createRandom(`idle ${w}`);
    const rows = Array.from({ length: 200 }, (_, g) => {
      const taste = drawNormal(random);
      return Array.from({ length: 8 + drawIndex(random, 20) }, (): AnalysisRow => {
        const turns = Math.log(1 + Math.max(1, Math.round(drawLogNormal(random, 6, 0.7))));
        const active = 3.5 + turns + 0.3 * taste + drawNormal(random, 0, 0.5);
        const idle = random.unit() < 0.2 ? drawLogNormal(random, 7200, 1) : 0;
        const total = Math.log1p(Math.expm1(active) + idle);
        const outcome = 0.5 * active + 0.05 * turns + taste + drawNormal(random);
        return {
          annotator: `g${g}`,
          stratum: `d${drawIndex(random, 4)}`,
          signals: [turns, active, total],
          outcome,
        };
      });
    }).flat();
    const columns = ['turns', 'active_time', 'total_time'].map((name, i) => ({
      ...{ kind: 'main' as const, signals: [name], tier: 1, factors: [i] },
    }));
    const within = withinTwoWay(momentsFromRows(rows, columns, scalesFromRows(rows)), { leaveOneOut: false });
    const duo = (time: number) => {
      const { theta } = fitClustered(within, [0, time]);
      const slope = (j: number) => ({ estimate: theta[j] ?? NaN, stdError: 0, ciLow: 0, ciHigh: 0 });
      return { turns: slope(0), time: slope(1) };
    };
    const [active, total] = [duo(1), duo(2)];
    const [diagnostic] = totalTimeDiagnostic({ active, total });
    if (Math.abs(active.time.estimate) > Math.abs(active.turns.estimate)) right += 1;
    if (Math.abs(total.time.estimate) < Math.abs(total.turns.estimate)) lost += 1;
    if (diagnostic?.says.includes('Idle time hides the order')) said += 1;
  }
  printRow({
    worlds,
    'active time first': right / worlds,
    'total time loses it': lost / worlds,
    said: said / worlds,
  });
  expect(right / worlds).toBeGreaterThan(0.95);
  expect(lost / worlds).toBeGreaterThan(0.9);
  expect(said).toBe(lost);
}, 7_200_000);
