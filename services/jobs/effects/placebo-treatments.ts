import { fitClustered } from '../../../pipelines/effects/cluster-robust.ts';
import { meanAbsoluteZ, shiftedRows } from '../../../pipelines/effects/placebo-shift.ts';
import type { Term } from '../../../pipelines/effects/terms.ts';
import { withinTwoWay } from '../../../pipelines/effects/two-way-fixed-effects.ts';
import { at } from '../../../pipelines/maths/matrix.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { readMomentsIn } from './read-moments.ts';
import type { RowsMoments } from './read-moments.ts';

const draws = 5;

/**
 * Mean |z| of all terms when each annotator's signals have moved on to other sessions of theirs. That changes neither
 * scales nor units. Errors are the jackknife from moments.
 */
export async function placeboTreatmentsZ(
  warehouse: Warehouse,
  table: string,
  terms: readonly Term[],
  units: RowsMoments,
): Promise<number> {
  const fits = [];
  for (let draw = 0; draw < draws; draw += 1) {
    const moments = await readMomentsIn(units, warehouse, shiftedRows(table, draw), terms);
    const within = withinTwoWay(moments, { leaveOneOut: false });
    const leftOut = within.byCluster.map((own) => within.pooled.map((sum, i) => sum - at(own, i)));
    fits.push(
      fitClustered(
        { ...within, leftOut },
        terms.map((_, column) => column),
      ),
    );
  }
  return meanAbsoluteZ(fits);
}
