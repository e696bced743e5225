import type {
  Evaluation,
  RunHistory,
  VerdictSettings,
} from '../../../pipelines/diversity/verdict/run-history.ts';
import { drawNormal } from '../../../pipelines/maths/draws.ts';
import type { Random } from '../../../pipelines/maths/random.ts';

export interface RunWorld {
  readonly prompts: number;
  /** Of a prompt's score around the mean of its evaluation. */
  readonly scoreSd: number;
  /** Share of that variance which is the prompt's own, the same at each evaluation. */
  readonly promptShare: number;
  /** Standard deviation of what all prompts of an evaluation share; both metrics see the same. */
  readonly sharedSd: number;
  /** Correlation of that with the evaluation before (AR(1)). */
  readonly correlation: number;
  readonly evaluations: number;
  /** Share lost at training evaluation t = 1, 2, … */
  readonly lostAt: (t: number) => number;
}

/** Mean of a healthy evaluation; of dominance it is what is not dominated. */
export const healthy = 0.6;

/**
 * The simulation of methods section 4 by score: five baselines, then evaluations with noise that prompts share and
 * noise that they do not, for one metric of diversity and one of dominance. Training step t is 100 t.
 */
export function simulateRun(world: RunWorld, random: Random): RunHistory {
  const { prompts, scoreSd, promptShare, sharedSd, correlation, evaluations, lostAt } = world;
  const own = () =>
    Array.from({ length: prompts }, () => drawNormal(random, 0, scoreSd * Math.sqrt(promptShare)));
  const effects = { diversity: own(), dominance: own() };
  const evaluation = (step: number, mean: number): Evaluation => {
    const scores = (group: 'diversity' | 'dominance') =>
      new Map(
        effects[group].map((effect, p) => {
          const drawn = mean + effect + drawNormal(random, 0, scoreSd * Math.sqrt(1 - promptShare));
          const kept = Math.min(1, Math.max(0, drawn));
          return [`p${String(p)}`, group === 'dominance' ? 1 - kept : kept] as const;
        }),
      );
    return {
      step,
      epoch: null,
      kl: null,
      scores: (['diversity', 'dominance'] as const).map((group) => ({
        metric: group,
        group,
        scores: scores(group),
      })),
    };
  };
  const baseline = Array.from({ length: 5 }, (_, i) =>
    evaluation(i, healthy + drawNormal(random, 0, sharedSd)),
  );
  let shared = drawNormal(random, 0, sharedSd);
  const training = Array.from({ length: evaluations }, (_, i) => {
    shared = correlation * shared + Math.sqrt(1 - correlation ** 2) * drawNormal(random, 0, sharedSd);
    return evaluation(100 * (i + 1), healthy * (1 - lostAt(i + 1)) + shared);
  });
  return { baseline, training };
}

export function settingsFor(evaluations: number): VerdictSettings {
  return { kind: 'probe', baselineEvaluations: 5, plannedEvaluations: evaluations, margin: 0.1, alpha: 0.01 };
}
