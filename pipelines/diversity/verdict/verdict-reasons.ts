import type { Verdict, VerdictEvidence } from '../../../schemas/runs.ts';
import type { VerdictSettings } from './run-history.ts';

/** What speaks for an action. */
export interface Firing {
  readonly diversity: boolean;
  readonly dominance: boolean;
  readonly entropy: boolean;
  /** Metrics whose last three evaluations lay beyond the margin, with evidence or without. */
  readonly inARow: readonly string[];
}

/** The verdict in plain words: what changed, how sure that is, what to ship, and what stands beside it. */
export function verdictReasons(
  verdict: Omit<Verdict, 'reasons'>,
  firing: Firing,
  settings: VerdictSettings,
): string[] {
  const { action, evidence, step, stop_step, last_good_step, epoch, kl } = verdict;
  const reasons: string[] = [];
  const strongest = (group: VerdictEvidence['group']) =>
    evidence.find((row) => row.group === group && row.counts);
  if (action === 'stop') {
    reasons.push(
      `Diversity fell and dominance rose by more than ${percent(settings.margin)}: stopped at step ${stop_step ?? '-'}.`,
    );
  }
  for (const group of ['diversity', 'dominance', 'entropy'] as const) {
    const row = strongest(group);
    if (row && (firing[group] || (action === 'stop' && group !== 'entropy'))) reasons.push(sentence(row));
  }
  if (action === 'stop' && !(firing.diversity && firing.dominance)) {
    reasons.push('By now the evidence is below the threshold again; a run that was stopped stays stopped.');
  }
  if (action === 'warn' && settings.kind === 'probe' && firing.diversity !== firing.dominance) {
    const [one, other] = firing.diversity ? ['Diversity', 'dominance'] : ['Dominance', 'diversity'];
    reasons.push(`${one} alone left the margin, ${other} did not: a warning, no stop.`);
  }
  if (action === 'warn' && firing.inARow.length > 0) {
    reasons.push(`Three evaluations in a row beyond the margin: ${firing.inARow.join(', ')}.`);
  }
  if (action === 'continue') {
    reasons.push(`No metric has left the margin of ${percent(settings.margin)} at step ${step ?? '-'}.`);
  }
  if (settings.kind === 'rollout') {
    reasons.push(
      'Rollouts have other prompts at each step: they may warn, never stop. A probe set can stop.',
    );
  } else if (action !== 'continue') {
    reasons.push(
      last_good_step === null
        ? 'No training step lies inside the margin: ship the starting policy.'
        : `Ship the checkpoint of step ${last_good_step}: the last one inside the margin.`,
    );
  }
  const unsteady = evidence.filter(({ counts }) => !counts).map(({ metric }) => metric);
  if (unsteady.length > 0) {
    reasons.push(
      `Too noisy to judge, more samples would tell: ${[...new Set(unsteady)].join(', ')} (an evaluation varies by more than the margin).`,
    );
  }
  const beside = [
    ...(epoch === null
      ? []
      : [`epoch ${rounded(epoch)}${epoch >= 2 ? ' (from the second on, reward models overfit)' : ''}`]),
    ...(kl === null ? [] : [`KL ${rounded(kl)} nats from the reference`]),
  ];
  if (beside.length > 0) reasons.push(`Beside it: ${beside.join(', ')}.`);
  return reasons;
}

function sentence({
  metric,
  against,
  baseline,
  value,
  change,
  e_value,
  threshold,
  since_step,
}: VerdictEvidence): string {
  const compared = against === 'baseline' ? 'the baseline' : `the baseline of the anchor run ${against}`;
  const moved = change < 0 ? 'fell' : 'rose';
  const since = since_step === null ? '' : `, since step ${since_step}`;
  return `${metric} ${moved} from ${rounded(baseline)} (${compared}) to ${rounded(value)}, ${percent(Math.abs(change))}${since}; e-value ${large(e_value)} of ${large(threshold)}.`;
}

const percent = (share: number) => `${Number((100 * share).toFixed(1))} %`;
const rounded = (value: number) => String(Number(value.toPrecision(3)));
const large = (value: number) =>
  value >= 1e6 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
