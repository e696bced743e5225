import { cohortsQuery } from '../../../pipelines/pairs/queries.ts';
import type { AsOf, CohortRow } from '../../../pipelines/pairs/queries.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

export type CohortLookup = (annotatorId: string, dayNumber: number) => string;

/** Cohorts of all annotators on all their days, in memory: some 100 bytes an annotator-day. */
export async function readCohorts(warehouse: Warehouse, asOf: AsOf): Promise<CohortLookup> {
  const names = new Map<string, string>();
  const byAnnotator = new Map<string, Map<number, string>>();
  for (const { annotator_id, day_number, cohort } of await warehouse.query<CohortRow>(cohortsQuery(asOf))) {
    const name = names.get(cohort) ?? cohort;
    names.set(cohort, name);
    const days = byAnnotator.get(annotator_id) ?? new Map<number, string>();
    days.set(day_number, name);
    byAnnotator.set(annotator_id, days);
  }
  return (annotatorId, dayNumber) => byAnnotator.get(annotatorId)?.get(dayNumber) ?? 'unknown';
}
