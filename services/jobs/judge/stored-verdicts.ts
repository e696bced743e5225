import type { BuildConfig } from '../../../schemas/build-report.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

/** A judge whose verdicts a build obeys, as they stood after one of its runs. */
export type TrustedJudge = NonNullable<BuildConfig['judges']>[number];

/** Judges of an app that agreed with enough people in their last run, each as of that run. */
export async function judgesThatDrop(warehouse: Warehouse, app: string): Promise<TrustedJudge[]> {
  return await warehouse.query<TrustedJudge>({
    sql: `
SELECT judge, prompt_version, max(run) AS last_run, argMax(bound, run) AS last_bound
FROM judge_runs FINAL
WHERE app = {app:String}
GROUP BY judge, prompt_version
HAVING argMax(may_drop, run)
ORDER BY judge, prompt_version`,
    parameters: { app },
  });
}

/** Hashes of the texts that any of them put below its bound; of several verdicts on one the earliest counts. */
export async function badTexts(
  warehouse: Warehouse,
  app: string,
  judges: readonly TrustedJudge[],
): Promise<ReadonlySet<string>> {
  const hashes = new Set<string>();
  for (const { judge, prompt_version, last_run, last_bound } of judges) {
    const rows = await warehouse.query<{ text_hash: string }>({
      sql: `
SELECT text_hash
FROM judge_verdicts FINAL
WHERE app = {app:String} AND judge = {judge:String} AND prompt_version = {version:String} AND run <= {run:UInt32}
GROUP BY text_hash
HAVING argMin(score, run) < {bound:Float64}`,
      parameters: { app, judge, version: prompt_version, run: last_run, bound: last_bound },
    });
    for (const { text_hash } of rows) hashes.add(text_hash);
  }
  return hashes;
}
