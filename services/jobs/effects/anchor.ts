import { estimateEffects } from '../../../pipelines/effects/estimate-effects.ts';
import type { Effect } from '../../../pipelines/effects/effect.ts';
import type { Term } from '../../../pipelines/effects/terms.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import type { AnalysisPlan } from '../../../schemas/analysis-plan.ts';
import type { AnchorReport } from '../../../schemas/anchor-report.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import type { Cut } from '../cut.ts';
import { freezePlan } from './freeze-plan.ts';
import type { WrittenPlan } from './freeze-plan.ts';
import { readMoments } from './read-moments.ts';
import { withSnapshot } from './with-snapshot.ts';
import { withTable } from './with-table.ts';

export interface AnchorOptions extends WrittenPlan {
  readonly warehouse: Warehouse;
  readonly app: string;
  readonly cut: Cut;
  /** The build whose `reply_rewards` are read, and whose `outlier_marks` are obeyed. */
  readonly buildId: string;
  /** Letters and digits that no other run has. */
  readonly runId: string;
}

/**
 * Whether the quality of the replies that a session showed goes with the later metric, and whether flagged first
 * replies go with less of it: fixed effects of annotator and stratum, errors clustered by annotator.
 * @throws TacitError `misuse`: a fault in the plan, several metrics and none named, a metric that the app has not
 */
export async function anchorOf(options: AnchorOptions): Promise<AnchorReport> {
  const { warehouse, app, cut, buildId, runId } = options;
  const asOf = { app, places: cut.places };
  const plan = await freezePlan(warehouse, asOf, options);
  if (plan.outcome === '') {
    const untold = slopeFrom({ says: 'The app has sent no metric to hold it against.' });
    return {
      anchor: { ...untold, status: 'unknown' },
      shock: { ...untold, status: 'unknown', agrees: null },
    };
  }
  return await withSnapshot(
    warehouse,
    asOf,
    plan,
    runId,
    (rows) =>
      withTable(
        warehouse,
        `${rows}_quality`,
        { sql: qualityRows(rows), parameters: { app, build: buildId } },
        async (table) => {
          const quality = await slopeOn('reply_quality', warehouse, table, plan);
          const flagged = await slopeOn(
            'flagged_first',
            warehouse,
            `(SELECT * FROM ${table} WHERE firsts > 0)`,
            plan,
          );
          return reportFrom(quality, flagged);
        },
      ),
    { buildId },
  );
}

/** Analysis rows of the sessions that have rewarded replies; means do not depend on the order of the rewards. */
const qualityRows = (rows: string) => `
SELECT annotator_id, period, cycle, daypart, model_version, outcome, dropped, reply_quality, firsts,
    if(firsts = 0, 0, flagged / firsts) AS flagged_first
FROM ${rows}
INNER JOIN
(
    SELECT
        annotator_id AS rewarded_annotator,
        session_id AS rewarded_session,
        arrayAvg(arraySort(groupArray(reward))) AS reply_quality,
        countIf(first_alternative) AS firsts,
        countIf(first_alternative AND floor_flag) AS flagged
    FROM reply_rewards FINAL
    WHERE app = {app:String} AND build_id = {build:String} AND isFinite(reward)
    GROUP BY rewarded_annotator, rewarded_session
) AS rewards ON annotator_id = rewarded_annotator AND session_id = rewarded_session`;

interface Slope {
  readonly effect?: Effect;
  readonly sessions?: number;
  readonly annotators?: number;
  readonly says: string;
}

async function slopeOn(
  name: string,
  warehouse: Warehouse,
  source: string,
  plan: AnalysisPlan,
): Promise<Slope> {
  const terms: readonly Term[] = [{ kind: 'main', signals: [name], tier: 1, factors: [0] }];
  const rows = await readMoments(warehouse, source, terms, plan);
  if (!rows) return { says: 'No analysed session has a reply with a reward.' };
  const result = estimateEffects(rows.moments, terms, plan, createRandom(plan.seed));
  const { sessions, annotators } = rows;
  if (!result.answer) return { sessions, annotators, says: result.says };
  const [effect] = result.effects;
  return { sessions, annotators, says: '', ...(effect ? { effect } : {}) };
}

const fewestClusters = 6;

function slopeFrom({ effect, sessions = 0, annotators = 0, says }: Slope) {
  const counts = { sessions, annotators };
  const none = { estimate: null, std_error: null, ci_low: null, ci_high: null, ...counts };
  if (!effect) return { ...none, says };
  if (!effect.answer) return { ...none, says: effect.says };
  if (effect.effectiveClusters < fewestClusters)
    return { ...none, says: `It rests on ${effect.effectiveClusters.toFixed(1)} effective annotators.` };
  return {
    estimate: effect.estimate,
    std_error: effect.stdError,
    ci_low: effect.ciLow,
    ci_high: effect.ciHigh,
    ...counts,
    says: '',
  };
}

function reportFrom(quality: Slope, flagged: Slope): AnchorReport {
  const [anchor, shock] = [slopeFrom(quality), slopeFrom(flagged)];
  const [up, down] = [signOf(anchor), signOf(shock)];
  const status = { 1: 'anchored', 0: 'unanchored', '-1': 'negative' } as const;
  const effectOf = { 1: 'helps', 0: 'unclear', '-1': 'harms' } as const;
  const agrees = up === null || down === null || up === 0 || down === 0 ? null : up === -down;
  return {
    anchor: {
      ...anchor,
      status: up === null ? 'unknown' : status[up],
      says: up === null ? anchor.says : anchorWords[up],
    },
    shock: {
      ...shock,
      status: down === null ? 'unknown' : effectOf[down],
      agrees,
      says:
        down === null
          ? shock.says
          : `${shockWords[down]}${agrees === false ? ' That contradicts the anchor.' : ''}`,
    },
  };
}

/** Where the interval lies; null without one. */
function signOf({ ci_low, ci_high }: { ci_low: number | null; ci_high: number | null }): 1 | 0 | -1 | null {
  if (ci_low === null || ci_high === null) return null;
  return ci_low > 0 ? 1 : ci_high < 0 ? -1 : 0;
}

const anchorWords = {
  1: 'Sessions with better replies, as reactions tell it, go with a better outcome.',
  0: 'Reactions measure preference; nothing shows that preference moves the outcome.',
  '-1': 'Sessions with better replies, as reactions tell it, go with a worse outcome.',
} as const;

const shockWords = {
  1: 'Flawed first replies go with a better outcome.',
  0: 'Flawed first replies go with neither a better nor a worse outcome that shows.',
  '-1': 'Flawed first replies go with a worse outcome.',
} as const;
