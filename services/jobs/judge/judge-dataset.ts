import { defaultAgreementSettings, judgeAgreement } from '../../../pipelines/floor/judge/judge-agreement.ts';
import type { JudgeAgreement, ScoredTwice } from '../../../pipelines/floor/judge/judge-agreement.ts';
import { judgedTextHash } from '../../../pipelines/floor/judge/judge-candidate.ts';
import type { JudgeCandidate, JudgedMessage } from '../../../pipelines/floor/judge/judge-candidate.ts';
import { judgeMessages, judgePromptVersion } from '../../../pipelines/floor/judge/judge-prompt.ts';
import { planJudgeCalls } from '../../../pipelines/floor/judge/plan-judge-calls.ts';
import { verdictsFromAnswer } from '../../../pipelines/floor/judge/verdicts-from-answer.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import type { Cut } from '../cut.ts';
import type { ChatMessage } from './chat-completion.ts';
import { humanScores, knownVerdicts, nextRun, storeRun, storeVerdicts } from './judge-store.ts';

export interface JudgeDatasetOptions {
  readonly warehouse: Warehouse;
  readonly app: string;
  readonly datasetId: string;
  readonly judge: string;
  /** Events that people's scores are taken from. */
  readonly cut: Cut;
  /** Names of the judges of `quality` events who are people begin so. */
  readonly human: string;
  readonly maxCalls: number;
  /** Count only; nothing is sent. */
  readonly dryRun: boolean;
  readonly ask: (messages: readonly ChatMessage[]) => Promise<string>;
  readonly onProgress: (done: number, total: number) => void;
}

export interface JudgeReport {
  readonly dataset: string;
  readonly judge: string;
  readonly prompt_version: string;
  readonly candidates: number;
  /** Verdicts that were stored already. */
  readonly known: number;
  readonly calls: number;
  readonly asked: number;
  /** Characters sent, cards and instructions included. */
  readonly characters: number;
  /** Candidates that the budget leaves for another time. */
  readonly left: number;
  readonly dry_run: boolean;
  readonly verdicts: number;
  /** Calls whose answer could not be read. */
  readonly unreadable: number;
  readonly human: JudgeAgreement;
}

const chunkTurns = 20;

/**
 * Asks a judge about the chosen replies of a dataset, all of which have passed the rules, and stores the verdicts as
 * they come, so that an interrupted run has lost nothing.
 */
export async function judgeDataset(options: JudgeDatasetOptions): Promise<JudgeReport> {
  const { warehouse, app, datasetId, judge, maxCalls, dryRun, ask, onProgress } = options;
  const store = { warehouse, app, judge, promptVersion: judgePromptVersion };
  const candidates = await chosenReplies(warehouse, app, datasetId);
  const known = await knownVerdicts(store);
  const plan = planJudgeCalls(candidates, { chunkTurns, maxCalls, isKnown: (hash) => known.has(hash) });
  const run = await nextRun(store);
  let characters = 0;
  let verdicts = 0;
  let unreadable = 0;
  for (const [done, call] of plan.calls.entries()) {
    const messages = judgeMessages(call);
    characters += messages.reduce((sum, { content }) => sum + content.length, 0);
    if (dryRun) continue;
    onProgress(done, plan.calls.length);
    const found = verdictsFromAnswer(await ask(messages), call);
    if (!found) unreadable += 1;
    for (const { textHash, score } of found ?? []) known.set(textHash, score);
    await storeVerdicts(store, run, found ?? []);
    verdicts += found?.length ?? 0;
  }
  const human = judgeAgreement(
    scoredTwice(candidates, known, await humanScores(options)),
    defaultAgreementSettings,
  );
  if (!dryRun) {
    await storeRun(store, { run, datasetId, calls: plan.calls.length, verdicts, human });
  }
  return {
    dataset: datasetId,
    judge,
    prompt_version: judgePromptVersion,
    candidates: new Set(candidates.map(({ textHash }) => textHash)).size,
    known: plan.known,
    calls: plan.calls.length,
    asked: plan.replies,
    characters,
    left: plan.left,
    dry_run: dryRun,
    verdicts,
    unreadable,
    human,
  };
}

async function chosenReplies(
  warehouse: Warehouse,
  app: string,
  datasetId: string,
): Promise<JudgeCandidate[]> {
  const rows = await warehouse.query<{
    annotator_id: string;
    turn_id: string;
    prompt: string;
    chosen: string;
  }>({
    sql: `SELECT annotator_id, chosen_turn_id AS turn_id, any(prompt) AS prompt, any(chosen) AS chosen
      FROM dataset_pairs FINAL
      WHERE app = {app:String} AND dataset_id = {dataset:String} AND source != 'edit'
      GROUP BY annotator_id, turn_id ORDER BY annotator_id, turn_id`,
    parameters: { app, dataset: datasetId },
  });
  return rows.map(({ annotator_id, turn_id, prompt: promptJson, chosen }) => {
    const prompt = JSON.parse(promptJson) as JudgedMessage[];
    const reply = (JSON.parse(chosen) as JudgedMessage[]).map(({ content }) => content).join('\n');
    return {
      annotatorId: annotator_id,
      turnId: turn_id,
      textHash: judgedTextHash(prompt, reply),
      prompt,
      reply,
    };
  });
}

function scoredTwice(
  candidates: readonly JudgeCandidate[],
  verdicts: ReadonlyMap<string, number>,
  human: ReadonlyMap<string, number>,
): ScoredTwice[] {
  return candidates.flatMap(({ annotatorId, turnId, textHash }) => {
    const byPeople = human.get(`${annotatorId} ${turnId}`);
    const byJudge = verdicts.get(textHash);
    return byPeople === undefined || byJudge === undefined ? [] : [{ human: byPeople, judge: byJudge }];
  });
}
