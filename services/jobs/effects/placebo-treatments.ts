import { fitClustered } from '../../../pipelines/effects/cluster-robust.ts';
import { meanAbsoluteZ, shiftedRows } from '../../../pipelines/effects/placebo-shift.ts';
import { someAnnotators } from '../../../pipelines/effects/side-sources.ts';
import { splitMoments } from '../../../pipelines/effects/split-moments.ts';
import type { Term } from '../../../pipelines/effects/terms.ts';
import { withinTwoWay } from '../../../pipelines/effects/two-way-fixed-effects.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { readMomentsIn } from './read-moments.ts';
import type { RowsMoments } from './read-moments.ts';

const draws = 20;
/** Beyond, a share of the annotators is enough to see errors that are too small. */
const mostSessions = 200_000;

/**
 * Mean |z| of all terms when each annotator's signals have moved on to other sessions of theirs. That changes neither
 * scales nor units. Errors are the jackknife from moments. Null when no annotator has two sessions in like strata.
 */
export async function placeboTreatmentsZ(
  warehouse: Warehouse,
  table: string,
  terms: readonly Term[],
  units: RowsMoments,
): Promise<number | null> {
  const source = someAnnotators(table, mostSessions / units.sessions);
  const all = await readMomentsIn(units, warehouse, shiftedRows(source, draws), terms);
  if (!all) return null;
  const columns = terms.map((_, column) => column);
  const fits = [...splitMoments(all, (name) => name.slice(name.lastIndexOf('|'))).values()].flatMap(
    (moments) => {
      const within = withinTwoWay(moments, { leaveOneOut: false });
      return within.clusterCount < 2 ? [] : [fitClustered({ ...within, leftOut: 'taken_away' }, columns)];
    },
  );
  const value = meanAbsoluteZ(fits);
  return Number.isFinite(value) ? value : null;
}
