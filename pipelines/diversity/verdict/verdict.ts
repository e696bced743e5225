import type { Verdict, VerdictAction } from '../../../schemas/runs.ts';
import type { RunHistory, VerdictSettings } from './run-history.ts';
import { verdictEvidenceOf } from './verdict-evidence.ts';
import { lastInside } from './verdict-last-good.ts';
import { groupLogE, logEOf, marginSeries, pointOf, type MarginSeries } from './verdict-margins.ts';
import { verdictReasons, type Firing } from './verdict-reasons.ts';

/** Evaluations in a row beyond the margin that are worth a warning by themselves, … */
const inARow = 3;
/** … where one of them is off by at most this, in margins: else they are by chance. */
const mostNoise = 0.5;
/** Share of the logarithm of a stop's evidence that tells that a metric has begun to leave its margin. */
const begun = 0.5;

/**
 * Judges a run from its whole history; a pure function of it, so that a late evaluation only has to be put in place.
 *
 * stop: diversity fell and dominance rose beyond the margin, both with an e-value of planned evaluations / alpha or
 * more at the same evaluation. Within a group e-values are averaged over its metrics (and over both baselines where
 * there is an anchor), of the two groups the lesser counts: against "one of them lost nothing". A policy that loses
 * nothing is stopped within the planned evaluations with a chance of at most about alpha, as far as noise is known
 * (`detectDrop`; measured in docs/watching-a-run.md). What was once stopped stays stopped.
 * warn: one of them, or an entropy that left its margin on either side, or three evaluations in a row beyond a margin.
 */
export function judgeRun(history: RunHistory, settings: VerdictSettings): Verdict {
  const { baseline, training } = history;
  const measured = { baseline: baseline.length, training: training.length };
  const latest = training.at(-1);
  const runLength = settings.plannedEvaluations / settings.alpha;
  const common = {
    average_run_length: runLength,
    step: latest?.step ?? null,
    evaluations: measured,
    epoch: latest?.epoch ?? null,
    kl: latest?.kl ?? null,
  };
  const nothingYet = (reason: string): Verdict => ({
    action: 'continue',
    reasons: [reason],
    since_step: null,
    last_good_step: null,
    evidence: [],
    stop_step: null,
    ...common,
  });
  if (baseline.length < settings.baselineEvaluations) {
    return nothingYet(
      `No verdict yet: the baseline was measured ${baseline.length} of ${settings.baselineEvaluations} times.`,
    );
  }
  if (training.length === 0) return nothingYet('The baseline is measured; no training step was probed yet.');

  const paired = settings.kind === 'probe';
  const series = [
    ...marginSeries('baseline', baseline, training, settings.margin, paired),
    ...(history.anchor
      ? marginSeries(history.anchor.run, history.anchor.baseline, training, settings.margin, paired)
      : []),
  ];
  const judged = judgeSeries(series, training.length, Math.log(runLength), paired);
  const at = training.length - 1;
  const lastGood = lastGoodIndex(judged.groups, baseline.length, at, Math.log(runLength));
  const stepAt = (index: number | null | undefined) =>
    index === null || index === undefined ? null : (training[index]?.step ?? null);
  const evidence = verdictEvidenceOf(series, at, runLength, stepAt);
  const outline = {
    action: judged.action,
    since_step: stepAt(judged.since),
    last_good_step: lastGood < 0 ? null : stepAt(lastGood),
    stop_step: stepAt(judged.stoppedAt),
    evidence,
    ...common,
  };
  return { ...outline, reasons: verdictReasons(outline, judged.firing, settings) };
}

interface Judged {
  readonly action: VerdictAction;
  readonly since: number | null;
  readonly stoppedAt: number | null;
  readonly firing: Firing;
  /** Series of diversity and of dominance, where there are any. */
  readonly groups: readonly (readonly MarginSeries[])[];
}

function judgeSeries(
  series: readonly MarginSeries[],
  evaluations: number,
  logThreshold: number,
  mayStop: boolean,
): Judged {
  const of = (group: MarginSeries['group']) => series.filter((each) => each.group === group);
  const [diversity, dominance, entropy] = [of('diversity'), of('dominance'), of('entropy')];
  const fires = (group: readonly MarginSeries[], index: number) =>
    (groupLogE(group, index) ?? Number.NEGATIVE_INFINITY) >= logThreshold;
  let stoppedAt: number | null = null;
  for (let index = 0; mayStop && stoppedAt === null && index < evaluations; index += 1) {
    if (fires(diversity, index) && fires(dominance, index)) stoppedAt = index;
  }
  const at = evaluations - 1;
  const firing: Firing = {
    diversity: fires(diversity, at),
    dominance: fires(dominance, at),
    entropy: fires(entropy, at),
    inARow: [...new Set(series.filter((each) => beyondInARow(each, at)).map(({ metric }) => metric))],
  };
  const shown = stoppedAt ?? at;
  const warned = firing.diversity || firing.dominance || firing.entropy || firing.inARow.length > 0;
  const speaking =
    stoppedAt !== null
      ? [...diversity, ...dominance]
      : series.filter((each) => firing[each.group] || firing.inARow.includes(each.metric));
  return {
    action: stoppedAt !== null ? 'stop' : warned ? 'warn' : 'continue',
    since: stoppedAt !== null || warned ? sinceOf(speaking, shown) : null,
    stoppedAt,
    firing,
    groups: [diversity, dominance].filter((group) => group.length > 0),
  };
}

function beyondInARow({ points, otherSide }: MarginSeries, at: number): boolean {
  const beyond = (side: typeof points) =>
    side.length >= inARow &&
    side.slice(at + 1 - inARow, at + 1).every(({ lost, noise }) => lost > 1 && noise <= mostNoise);
  return beyond(points) || (otherSide !== undefined && beyond(otherSide));
}

/** Where the strongest evidence began. */
function sinceOf(series: readonly MarginSeries[], at: number): number | null {
  let best: { logE: number; since: number } | undefined;
  for (const each of series) {
    const point = pointOf(each, at);
    if (!point) continue;
    const since = point.since ?? Math.max(0, at + 1 - inARow);
    if (!best || point.logE > best.logE) best = { logE: point.logE, since };
  }
  return best?.since ?? null;
}

/**
 * Last evaluation inside the margin; -1 without one. Of a group the metric counts that left it first, among those with
 * the evidence of a stop, or where there is none, the one with the most. A group without evidence is inside.
 */
function lastGoodIndex(
  groups: readonly (readonly MarginSeries[])[],
  baselineWeight: number,
  at: number,
  logThreshold: number,
): number {
  const losses = groups.flatMap((group) => {
    const sure = group.filter((series) => logEOf(series, at) >= logThreshold);
    const most = group.reduce((a, b) => (logEOf(b, at) > logEOf(a, at) ? b : a));
    if (sure.length === 0 && logEOf(most, at) < begun * logThreshold) return [];
    const candidates = (sure.length > 0 ? sure : [most]).map(lossesOf);
    const moments = candidates.map((lost) => lastInside([lost], baselineWeight));
    return [candidates[moments.indexOf(Math.min(...moments))] ?? []];
  });
  return losses.length === 0 ? at : lastInside(losses, baselineWeight);
}

/** In margins. */
function lossesOf({ reference, values, margin, falls }: MarginSeries): (number | undefined)[] {
  return values.map((value) =>
    value === undefined ? undefined : ((falls ? 1 : -1) * (reference.mean - value)) / margin,
  );
}
