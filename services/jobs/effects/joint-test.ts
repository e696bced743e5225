import { fitClustered } from '../../../pipelines/effects/cluster-robust.ts';
import { drawSigns } from '../../../pipelines/effects/signs.ts';
import type { Term } from '../../../pipelines/effects/terms.ts';
import { withinTwoWay } from '../../../pipelines/effects/two-way-fixed-effects.ts';
import { testInteractionBlock } from '../../../pipelines/effects/wild-bootstrap.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import type { AnalysisPlan } from '../../../schemas/analysis-plan.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { readMoments } from './read-moments.ts';

/** Smallest p-value .002. */
const draws = 499;

/**
 * Joint p-value of some columns for the outcome of a source, others held, annotator and stratum effects taken out. Null
 * where nothing varies, or with too few annotators for the test.
 */
export async function jointPValue(
  warehouse: Warehouse,
  source: string,
  tested: readonly string[],
  held: readonly string[],
  plan: AnalysisPlan,
): Promise<number | null> {
  const terms = [...tested, ...held].map((name, i): Term => ({
    kind: 'main',
    signals: [name],
    tier: 1,
    factors: [i],
  }));
  const rows = await readMoments(warehouse, source, terms, plan);
  if (!rows) return null;
  const within = withinTwoWay(rows.moments, { leaveOneOut: false });
  const outcome = within.width * within.width - 1;
  if (within.clusters.length < 2 || (within.pooled[outcome] ?? 0) <= (within.floors.at(-1) ?? 0)) return null;
  const columns = terms.map((_, column) => column);
  const fit = fitClustered(within, columns);
  const signs = drawSigns(createRandom(`${plan.seed} joint`), draws, within.clusters.length);
  const test = testInteractionBlock(within, fit, columns.slice(tested.length), signs);
  return test.answer ? test.pValue : null;
}
