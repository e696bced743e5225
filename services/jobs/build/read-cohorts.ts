import { cohortsQuery } from '../../../pipelines/pairs/queries.ts';
import type { AsOf, CohortRow } from '../../../pipelines/pairs/queries.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

/** Cohorts by annotator and day, in memory: some 100 bytes an annotator-day. */
export type Cohorts = ReadonlyMap<string, ReadonlyMap<number, string>>;

export async function readCohorts(warehouse: Warehouse, asOf: AsOf): Promise<Cohorts> {
  const names = new Map<string, string>();
  const cohorts = new Map<string, Map<number, string>>();
  for (const { annotator_id, day_number, cohort } of await warehouse.query<CohortRow>(cohortsQuery(asOf))) {
    const name = names.get(cohort) ?? cohort;
    names.set(cohort, name);
    const days = cohorts.get(annotator_id) ?? new Map<number, string>();
    days.set(day_number, name);
    cohorts.set(annotator_id, days);
  }
  return cohorts;
}
