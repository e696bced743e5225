import { z } from 'zod';

import { analysisPlanFromJson } from '../../../pipelines/effects/analysis-plan.ts';
import type { AsOf } from '../../../pipelines/effects/stage-query.ts';
import type { AnalysisPlan } from '../../../schemas/analysis-plan.ts';
import { TacitError } from '../../../schemas/errors.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

/** A plan as it was written, and what overrides or completes it. */
export interface WrittenPlan {
  /** Every field that is missing has its default. */
  readonly plan?: object;
  /** Instead of the plan's outcome. */
  readonly outcome?: string;
  /** Instead of the plan's seed. */
  readonly seed?: string;
  /** Of sessions without a UTC offset, unless the plan says. */
  readonly timeZone?: string | undefined;
}

/**
 * The plan with its defaults, and with the app's only metric as outcome unless one is named. An app without any
 * metric gets the outcome that no metric can have: ''.
 * @throws TacitError `misuse`: a fault in the plan, several metrics to choose from, a name that none has
 */
export async function freezePlan(
  warehouse: Warehouse,
  asOf: AsOf,
  { plan: asWritten = {}, outcome, seed, timeZone }: WrittenPlan,
): Promise<AnalysisPlan> {
  const written = {
    ...(timeZone === undefined ? {} : { time_zone: timeZone }),
    ...asWritten,
    ...(outcome === undefined ? {} : { outcome }),
    ...(seed === undefined ? {} : { seed }),
  };
  const plan = parsed({ outcome: 'the only one', ...written });
  const metrics = await warehouse.query<{ name: string }>({
    sql: `SELECT DISTINCT name FROM events_at(app = {app:String}, cut = {cut:Array(UInt64)})
      WHERE type = 'metric' ORDER BY name`,
    parameters: { app: asOf.app, cut: asOf.places },
  });
  const names = metrics.map(({ name }) => name);
  const [only] = names;
  if (only === undefined) return { ...plan, outcome: '' };
  const chosen = 'outcome' in written ? plan.outcome : only;
  if (!names.includes(chosen))
    throw new TacitError('misuse', `no metric of this app is named ${chosen}: ${listed(names)}`);
  if (names.length > 1 && !('outcome' in written))
    throw new TacitError('misuse', `choose one metric with --outcome: ${listed(names)}`);
  return { ...plan, outcome: chosen };
}

function parsed(written: object): AnalysisPlan {
  try {
    return analysisPlanFromJson(written);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const faults = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim());
    throw new TacitError('misuse', `the plan cannot be used: ${faults.join('; ')}`, { cause: error });
  }
}

const listed = (names: readonly string[]) =>
  `${names.slice(0, 20).join(', ')}${names.length > 20 ? `, and ${names.length - 20} more` : ''}`;
