import { detectDrop, logMeanExp, type DetectorPoint } from './detector.ts';
import { evaluationMean, scoreReference, type ScoreReference } from './detector-reference.ts';
import type { PromptScores } from '../per-prompt-scores.ts';
import type { Evaluation } from './run-history.ts';

/** One metric held against one baseline over all training evaluations. */
export interface MarginSeries {
  readonly metric: string;
  readonly group: PromptScores['group'];
  /** `baseline`, or the anchor run. */
  readonly against: string;
  readonly reference: ScoreReference;
  /** On the metric's own scale; undefined where an evaluation does not have it. */
  readonly values: readonly (number | undefined)[];
  /** What may be lost, on the metric's own scale; above 0. */
  readonly margin: number;
  /** Whether lower is the loss. */
  readonly falls: boolean;
  readonly points: readonly DetectorPoint[];
  /** Of entropy: the side that is not a loss. */
  readonly otherSide: readonly DetectorPoint[] | undefined;
}

/**
 * Detectors of all metrics that at least two evaluations of a baseline have. The margin is a share of what is there to
 * be lost: of a diversity its value, of a dominance the part that is not dominated, of an entropy its value.
 * @param margin share, 0 to 1
 */
export function marginSeries(
  against: string,
  baseline: readonly Evaluation[],
  training: readonly Evaluation[],
  margin: number,
  paired: boolean,
): MarginSeries[] {
  const known = new Map<string, PromptScores['group']>();
  for (const { scores } of baseline) for (const { metric, group } of scores) known.set(metric, group);
  return [...known].flatMap(([metric, group]) => {
    const before = baseline.flatMap((evaluation) => scoresOf(evaluation, metric) ?? []);
    if (before.length < 2) return [];
    const reference = scoreReference(before, paired);
    const there = group === 'dominance' ? 1 - reference.mean : Math.abs(reference.mean);
    if (!(there > 0)) return [];
    const values = training.map((evaluation) => {
      const scores = scoresOf(evaluation, metric);
      return scores && evaluationMean(reference, scores);
    });
    const falls = group !== 'dominance';
    const allowed = margin * there;
    return {
      metric,
      group,
      against,
      reference,
      values,
      margin: allowed,
      falls,
      points: detectDrop(reference, values, allowed, falls),
      otherSide: group === 'entropy' ? detectDrop(reference, values, allowed, !falls) : undefined,
    };
  });
}

function scoresOf(evaluation: Evaluation, metric: string): ReadonlyMap<string, number> | undefined {
  const scores = evaluation.scores.find((each) => each.metric === metric)?.scores;
  return scores !== undefined && scores.size > 0 ? scores : undefined;
}

/** ln e of a series after an evaluation; of entropy, over both sides. */
export function logEOf({ points, otherSide }: MarginSeries, index: number): number {
  const fall = points[index]?.logE ?? 0;
  return otherSide ? logMeanExp([fall, otherSide[index]?.logE ?? 0]) : fall;
}

/** The point of a series that tells more. */
export function pointOf({ points, otherSide }: MarginSeries, index: number): DetectorPoint | undefined {
  const [fall, rise] = [points[index], otherSide?.[index]];
  return rise && fall && rise.logE > fall.logE ? rise : fall;
}

/** ln of the mean e over the series of a group: an e-value against "none of them saw a loss"; undefined: no series. */
export function groupLogE(series: readonly MarginSeries[], index: number): number | undefined {
  return series.length === 0 ? undefined : logMeanExp(series.map((each) => logEOf(each, index)));
}
