import type { JudgeAgreement } from '../../../pipelines/floor/judge/judge-agreement.ts';
import { defaultAgreementSettings } from '../../../pipelines/floor/judge/judge-agreement.ts';
import type { JudgeVerdict } from '../../../pipelines/floor/judge/verdicts-from-answer.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import type { Cut } from '../cut.ts';

/** Where the verdicts of one judge for one app stand. */
export interface JudgeStore {
  readonly warehouse: Warehouse;
  readonly app: string;
  readonly judge: string;
  readonly promptVersion: string;
}

const keyOf = ({ app, judge, promptVersion }: JudgeStore) => ({ app, judge, prompt_version: promptVersion });
const parametersOf = ({ app, judge, promptVersion }: JudgeStore) => ({ app, judge, version: promptVersion });
const ofJudge = 'app = {app:String} AND judge = {judge:String} AND prompt_version = {version:String}';

/** Scores by text hash; of several verdicts the one of the earliest run. */
export async function knownVerdicts(store: JudgeStore): Promise<Map<string, number>> {
  const rows = await store.warehouse.query<{ text_hash: string; first_score: number }>({
    sql: `SELECT text_hash, argMin(score, run) AS first_score FROM judge_verdicts FINAL WHERE ${ofJudge} GROUP BY text_hash`,
    parameters: parametersOf(store),
  });
  return new Map(rows.map(({ text_hash, first_score }) => [text_hash, first_score]));
}

export async function nextRun(store: JudgeStore): Promise<number> {
  const [row] = await store.warehouse.query<{ last: number }>({
    sql: `SELECT max(run) AS last FROM
      (SELECT run FROM judge_runs WHERE ${ofJudge} UNION ALL SELECT run FROM judge_verdicts WHERE ${ofJudge})`,
    parameters: parametersOf(store),
  });
  return (row?.last ?? 0) + 1;
}

export async function storeVerdicts(
  store: JudgeStore,
  run: number,
  verdicts: readonly JudgeVerdict[],
): Promise<void> {
  if (verdicts.length === 0) return;
  const lines = verdicts.map(({ textHash, score }) =>
    JSON.stringify({ ...keyOf(store), text_hash: textHash, run, score }),
  );
  await store.warehouse.insert('judge_verdicts', lines.join('\n'), lines.length);
}

export async function storeRun(
  store: JudgeStore,
  {
    run,
    datasetId,
    calls,
    verdicts,
    human,
  }: { run: number; datasetId: string; calls: number; verdicts: number; human: JudgeAgreement },
): Promise<void> {
  const row = {
    ...keyOf(store),
    ...{ run, dataset_id: datasetId, calls, verdicts, human_replies: human.replies },
    ...{ agreement: human.agreement, kappa: human.kappa, may_drop: human.mayDrop },
    bound: defaultAgreementSettings.bound,
  };
  await store.warehouse.insert('judge_runs', JSON.stringify(row), 1);
}

/** Mean of people's scores by annotator and turn. */
export async function humanScores({
  warehouse,
  app,
  cut,
  human,
}: {
  readonly warehouse: Warehouse;
  readonly app: string;
  readonly cut: Cut;
  readonly human: string;
}): Promise<Map<string, number>> {
  const rows = await warehouse.query<{ annotator_id: string; turn_id: string; score: number }>({
    sql: `SELECT annotator_id, turn_id, avg(value) AS score
      FROM events_at(app = {app:String}, cut = {cut:Array(UInt64)})
      WHERE type = 'quality' AND startsWith(judge, {human:String})
      GROUP BY annotator_id, turn_id`,
    parameters: { app, cut: cut.places, human },
  });
  return new Map(rows.map(({ annotator_id, turn_id, score }) => [`${annotator_id} ${turn_id}`, score]));
}
