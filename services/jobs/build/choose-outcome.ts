import { planHash } from '../../../pipelines/effects/analysis-plan.ts';
import type { AsOf } from '../../../pipelines/pairs/queries.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { freezePlan } from '../effects/freeze-plan.ts';

export interface ChosenOutcome {
  /** null: the app has none, or several and none was named; nothing can be checked then. */
  readonly outcome: string | null;
  /** Of the plan with its defaults; empty without an outcome. */
  readonly hash: string;
  readonly written: object;
  readonly onNegative: 'require' | 'report';
}

/**
 * Which metric the reactions are held against: the one that is named, else the app's only one.
 * @throws TacitError `misuse`: a fault in the plan, or a metric that the app has not
 */
export async function chooseOutcome(
  warehouse: Warehouse,
  asOf: AsOf,
  {
    outcome,
    plan: written = {},
  }: { readonly outcome?: string | undefined; readonly plan?: object | undefined },
): Promise<ChosenOutcome> {
  const none = { outcome: null, hash: '', written, onNegative: 'require' } as const;
  const isNamed = outcome !== undefined || 'outcome' in written;
  if (!isNamed && (await metricCount(warehouse, asOf)) !== 1) return none;
  const plan = await freezePlan(warehouse, asOf, {
    plan: written,
    ...(outcome === undefined ? {} : { outcome }),
  });
  if (plan.outcome === '') return none;
  return { outcome: plan.outcome, hash: planHash(plan), written, onNegative: plan.anchor };
}

async function metricCount(warehouse: Warehouse, { app, places }: AsOf): Promise<number> {
  const [row] = await warehouse.query<{ metrics: number }>({
    sql: `SELECT uniqExact(name) AS metrics FROM events_at(app = {app:String}, cut = {cut:Array(UInt64)}) WHERE type = 'metric'`,
    parameters: { app, cut: places },
  });
  return row?.metrics ?? 0;
}
