import type { BuildAnchor } from '../../../schemas/build-report.ts';
import { TacitError } from '../../../schemas/errors.ts';
import type { Cut } from '../cut.ts';
import { anchorOf } from '../effects/anchor.ts';
import { effects } from '../effects/effects.ts';
import type { BuildContext } from './build-context.ts';

export interface AnchorCheck {
  readonly cut: Cut;
  /** The analysis plan as written, with the outcome. */
  readonly plan: object;
  readonly outcome: string;
  readonly runId: string;
  /** `report`: say it and build all the same. */
  readonly onNegative: 'require' | 'report';
}

/**
 * Asks the effects whether reactions are worth training on.
 * @throws TacitError `anchor_negative` when better replies go with a worse outcome, unless the plan only wants it told
 */
export async function checkAnchor(
  { warehouse, asOf, buildId, onProgress }: BuildContext,
  { cut, plan, outcome, runId, onNegative }: AnchorCheck,
): Promise<BuildAnchor> {
  onProgress('Asking whether reactions go with the outcome', 0, 0);
  const asked = { warehouse, app: asOf.app, cut, plan, outcome, buildId };
  const report = await anchorOf({ ...asked, runId: `${runId}a` });
  const { effects: found } = await effects({ ...asked, runId: `${runId}e` });
  const signals = found
    .filter(({ kind, estimand, cohort }) => kind === 'main' && estimand === 'direct' && cohort === null)
    .map(({ signals: [signal = ''], verdict, says }) => ({ signal, verdict, says }));
  if (report.anchor.status === 'negative' && onNegative === 'require') {
    const { estimate, ci_low, ci_high } = report.anchor;
    throw new TacitError(
      'anchor_negative',
      `sessions with better replies, as reactions tell it, go with a worse ${outcome}: ${shown(estimate)} (${shown(ci_low)} to ${shown(ci_high)}) standard deviations. Preferences would train against it; to build all the same, write "anchor": "report" in the plan`,
      { details: { outcome, estimate, ci_low, ci_high } },
    );
  }
  return { outcome, ...report, signals };
}

const shown = (value: number | null) => (value === null ? 'unknown' : value.toFixed(3));
