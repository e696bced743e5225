import type { Companions } from '../../../pipelines/effects/companions.ts';
import type { EffectsEstimate } from '../../../pipelines/effects/estimate-effects.ts';
import { importanceOf } from '../../../pipelines/effects/importance.ts';
import type { SlopeInterval } from '../../../pipelines/effects/slope.ts';
import type { Specification } from '../../../pipelines/effects/specification-curve.ts';
import type { Term } from '../../../pipelines/effects/terms.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import type { AnalysisPlan } from '../../../schemas/analysis-plan.ts';
import type { EffectsReport } from '../../../schemas/effects-report.ts';

type Besides = Pick<
  EffectsReport,
  'importance' | 'turn_curve' | 'pace_basis' | 'total_time' | 'specification_curve'
>;

/** What the report holds beside effects and diagnostics. */
export function besides(
  { within, direct }: EffectsEstimate,
  terms: readonly Term[],
  plan: AnalysisPlan,
  curve: readonly Specification[],
  { turnCurve, paceBasis, totalTime }: Companions,
): Besides {
  const { signals, interactionShare } = importanceOf(
    within,
    direct,
    terms,
    createRandom(`${plan.seed} ranks`),
  );
  return {
    importance: {
      signals: signals.map(({ signal, share, rankProbabilities }) => ({
        ...{ signal, share, rank_probabilities: [...rankProbabilities] },
      })),
      interaction_share: interactionShare,
      within_r2: direct.withinR2,
    },
    turn_curve: turnCurve.map(({ turns, estimate, ciLow, ciHigh }) => ({
      ...{ turns, estimate, ci_low: ciLow, ci_high: ciHigh },
    })),
    ...(paceBasis
      ? { pace_basis: { turns: slopeRow(paceBasis.turns), pace: slopeRow(paceBasis.pace) } }
      : {}),
    ...(totalTime
      ? { total_time: { active: duoRow(totalTime.active), total: duoRow(totalTime.total) } }
      : {}),
    specification_curve: curve.map(({ strata, interactions, estimates }) => ({
      ...{ strata: [...strata], interactions, estimates: [...estimates] },
    })),
  };
}

const slopeRow = ({ estimate, stdError, ciLow, ciHigh }: SlopeInterval) => ({
  ...{ estimate, std_error: stdError, ci_low: ciLow, ci_high: ciHigh },
});

const duoRow = ({ time, turns }: { time: SlopeInterval; turns: SlopeInterval }) => ({
  time: slopeRow(time),
  turns: slopeRow(turns),
});
