import { rewardOf } from '../../pipelines/reactions/pair-probability.ts';
import { mostTries } from '../../pipelines/reactions/reaction-cell.ts';
import type { ReplyReaction } from '../../pipelines/reactions/reaction-cell.ts';
import type {
  AnnotatorHabits,
  CarelessVerdict,
  ReactionFit,
} from '../../pipelines/reactions/reaction-fit.ts';
import { TacitError } from '../../schemas/errors.ts';
import type { ExplainedReply, PairExplanation } from '../../schemas/pair-explanation.ts';
import type { ChatMessage } from '../../schemas/preference-row.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';
import { reactionFromColumns } from './build/reaction-columns.ts';
import type { ReactionColumns } from './build/reaction-columns.ts';
import { fitFromSummary } from './build/reaction-summary.ts';
import { requireManifest } from './datasets.ts';
import { wordsOfPair } from './explain-words.ts';

interface PairRow {
  readonly dataset_id: string;
  readonly pair_id: string;
  readonly split: string;
  readonly source: string;
  readonly sources: string[];
  readonly annotator_id: string;
  readonly cohort: string;
  readonly chosen_turn_id: string;
  readonly rejected_turn_id: string;
  readonly p: number | null;
  readonly delta: number | null;
  readonly std_error: number | null;
  readonly weight: number;
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

interface HabitsRow {
  readonly replies: number;
  readonly flagged_replies: number;
  readonly like_threshold: number;
  readonly dislike_threshold: number;
  readonly regenerate_threshold: number;
  readonly trust: number;
  readonly verdict: CarelessVerdict;
  readonly shown_mean: number;
  readonly shown_variance: number;
}

type ShownRow = Omit<ReactionColumns, 'floor'> & { readonly turn_id: string };

/**
 * Why a pair is in a dataset: its context, both replies, what people did, what each deed counted for, how sure that is.
 * @param dataset absent: the newest that holds the pair
 * @throws TacitError `not_found`: no dataset of the app holds it, or only one from before there was a model
 */
export async function explainPair(
  warehouse: Warehouse,
  app: string,
  pairId: string,
  dataset?: string,
): Promise<PairExplanation> {
  const pair = await findPair(warehouse, app, pairId, dataset);
  const { reactions } = await requireManifest(warehouse, app, pair.dataset_id);
  if (!reactions || pair.p === null || pair.delta === null || pair.std_error === null) {
    throw new TacitError(
      'not_found',
      `${pair.dataset_id} was built from deeds alone: no model speaks of its pairs; build again`,
    );
  }
  const { habits, row: known } = await readHabits(warehouse, app, pair);
  const fit = fitFromSummary(reactions, new Map([[pair.annotator_id, habits]]));
  const reply = (turnId: string, text: string, isEdit: boolean) =>
    explainReply(warehouse, app, pair, fit, turnId, textOf(text), isEdit);
  const explained = {
    pair_id: pair.pair_id,
    dataset: pair.dataset_id,
    split: pair.split,
    source: pair.source,
    sources: pair.sources,
    annotator_id: pair.annotator_id,
    cohort: pair.cohort,
    prompt: JSON.parse(pair.prompt) as ChatMessage[],
    chosen: await reply(pair.chosen_turn_id, pair.chosen, pair.source === 'edit'),
    rejected: await reply(pair.rejected_turn_id, pair.rejected, false),
    annotator: {
      replies: known.replies,
      flagged_replies: known.flagged_replies,
      trust: known.trust,
      verdict: known.verdict,
      like_rate: sigmoid(known.like_threshold),
      dislike_rate: sigmoid(known.dislike_threshold),
      regenerate_rate: sigmoid(known.regenerate_threshold),
    },
    p: pair.p,
    delta: pair.delta,
    std_error: pair.std_error,
    weight: pair.weight,
  };
  const assumed = `What reactions say is assumed here, not measured: ${reactions.says}`;
  return { ...explained, says: [...wordsOfPair(explained), ...(reactions.identified ? [] : [assumed])] };
}

async function findPair(
  warehouse: Warehouse,
  app: string,
  pairId: string,
  dataset: string | undefined,
): Promise<PairRow> {
  const [pair] = await warehouse.query<PairRow>({
    sql: `
SELECT p.* EXCEPT app
FROM (SELECT * FROM dataset_pairs FINAL WHERE app = {app:String} AND pair_id = {pair:String}) AS p
INNER JOIN (SELECT dataset_id, created_ms FROM datasets FINAL WHERE app = {app:String}) AS d ON p.dataset_id = d.dataset_id
WHERE {dataset:String} IN ('', p.dataset_id)
ORDER BY d.created_ms DESC, p.dataset_id
LIMIT 1`,
    parameters: { app, pair: pairId, dataset: dataset ?? '' },
  });
  if (pair) return pair;
  throw new TacitError(
    'not_found',
    `no dataset of app ${app} holds the pair ${pairId}: provenance.jsonl of an export lists pair ids`,
  );
}

async function readHabits(warehouse: Warehouse, app: string, { dataset_id, annotator_id }: PairRow) {
  const [row] = await warehouse.query<HabitsRow>({
    sql: `
SELECT * EXCEPT (app, build_id, annotator_id)
FROM annotator_habits FINAL
WHERE app = {app:String} AND build_id = {build:String} AND annotator_id = {annotator:String}`,
    parameters: { app, build: dataset_id, annotator: annotator_id },
  });
  if (!row) throw new TacitError('not_found', `what is known of the annotator of this pair has been erased`);
  const habits: AnnotatorHabits = {
    thresholds: [row.like_threshold, row.dislike_threshold, row.regenerate_threshold],
    attentive: row.trust,
    verdict: row.verdict,
    replies: row.replies,
    flaggedReplies: row.flagged_replies,
    shown: { mean: row.shown_mean, variance: row.shown_variance },
  };
  return { habits, row };
}

async function explainReply(
  warehouse: Warehouse,
  app: string,
  { dataset_id, annotator_id }: PairRow,
  fit: ReactionFit,
  turnId: string,
  text: string,
  isEdit: boolean,
): Promise<ExplainedReply> {
  const parameters = { app, build: dataset_id, annotator: annotator_id, turn: turnId };
  const ofReply = `WHERE app = {app:String} AND build_id = {build:String} AND annotator_id = {annotator:String} AND turn_id = {turn:String}`;
  const [shown] = await warehouse.query<ShownRow>({
    sql: `SELECT turn_id, style, tries, liked, regenerated FROM shown_replies FINAL ${ofReply}`,
    parameters,
  });
  const flags = await warehouse.query<ExplainedReply['flags'][number]>({
    sql: `SELECT toString(check) AS check, toString(level) AS level FROM reply_flags FINAL ${ofReply} ORDER BY check`,
    parameters,
  });
  if (!shown) throw new TacitError('not_found', `what is known of the replies of this pair has been erased`);
  const floor = Number(flags.some(({ level }) => level === 'drop'));
  const reaction = reactionFromColumns({ ...shown, floor });
  // Of what an annotator wrote nobody has said anything yet.
  const steps = isEdit ? [] : stepsOf(fit, annotator_id, reaction);
  const { reward, variance } = isEdit ? { reward: 0, variance: 1 } : rewardOf(fit, annotator_id, reaction);
  return { turn_id: turnId, text, flags, reward, std_error: Math.sqrt(variance), steps };
}

/** The reward as it grows from an unknown reply to this one, one fact after the other. */
function stepsOf(fit: ReactionFit, annotator: string, reaction: ReplyReaction): ExplainedReply['steps'] {
  const { floor, style, tries, like, regenerated } = reaction;
  const facts: readonly (readonly [string, Partial<ReplyReaction>])[] = [
    ...(floor > 0 ? [['it is below the quality floor', { floor }] as const] : []),
    ...(style > 0 ? [['its length and flattery', { style }] as const] : []),
    [likeWords[like], { like, tries }],
    ...(regenerated === null
      ? []
      : [
          [
            `${regenerated ? 'another reply was asked for' : 'the annotator went on with it'}${triesWords(tries)}`,
            { regenerated },
          ] as const,
        ]),
  ];
  let known: ReplyReaction | undefined;
  let before = 0;
  return facts.map(([because, fact]) => {
    // A reply of which only the look is known has the mean of its kind.
    known = { ...(known ?? { floor: 0, style: 0, tries: 0, like: 0, regenerated: null }), ...fact };
    const reward =
      'like' in fact || 'regenerated' in fact ? rewardOf(fit, annotator, known).reward : priorOf(fit, known);
    const step = { because, counts: reward - before };
    before = reward;
    return step;
  });
}

function priorOf({ globals, styleCovariates }: ReactionFit, { floor, style }: ReplyReaction): number {
  const styled = (styleCovariates[style] ?? []).reduce(
    (sum, value, index) => sum + value * (globals.style[index] ?? 0),
    0,
  );
  return (globals.floor[floor] ?? 0) + styled;
}

function triesWords(tries: number): string {
  if (tries === 0) return '';
  const most = tries < mostTries ? '' : ' or more';
  return `, after ${String(tries)}${most} regenerated before it`;
}

const likeWords = {
  '1': 'it was liked',
  '0': 'it was neither liked nor disliked',
  '-1': 'it was disliked',
} as const;

const textOf = (json: string) => (JSON.parse(json) as ChatMessage[]).map(({ content }) => content).join('\n');

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
