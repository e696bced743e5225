import type { RunDetail, RunGroups, RunPoint, VerdictEvidence } from '../../../schemas/runs.ts';
import { countText, measureText, shareText } from '../figures.ts';
import { html, type Html } from '../../jobs/html.ts';
import { lineChart } from './line-chart.ts';
import { computedFrom, figure, figures, table } from './parts.ts';
import { runGroupsSection } from './run-groups.ts';
import { verdictMark } from './verdict-mark.ts';

const groupTitles = {
  diversity: 'Diversity: to fall is the loss',
  dominance: 'Dominance: to rise is the loss',
  entropy: 'Entropy: to leave the margin on either side warns',
} as const;

/** One training run: the verdict and its reasons, each metric against its baseline, what took over. */
export function runPage(detail: RunDetail, groups: RunGroups): Html {
  const { verdict, settings, series, patterns } = detail;
  const training = series.filter(({ phase }) => phase === 'training');
  const told = [...new Set(training.flatMap((point) => Object.keys(point.trainer_metrics)))].sort();
  const epochs = training.some(({ epoch }) => epoch !== null);
  return html` <p><code>${detail.run}</code></p>
    <div class="advice">
      <p class="action">${verdictMark(verdict.action)}</p>
      <ul>
        ${verdict.reasons.map((reason) => html`<li>${reason}</li>`)}
      </ul>
    </div>
    ${figures(
      figure('Step', verdict.step === null ? '–' : countText(verdict.step)),
      figure(
        'Ship',
        verdict.last_good_step === null ? '–' : countText(verdict.last_good_step),
        'last step inside the margin',
      ),
      figure(
        'Baseline',
        verdict.evaluations.baseline,
        `of ${countText(settings.baseline_evaluations)} evaluations`,
      ),
      figure(
        'Training',
        verdict.evaluations.training,
        `of ${countText(settings.planned_evaluations)} planned`,
      ),
      figure('Epoch', measureText(verdict.epoch)),
      figure('KL', measureText(verdict.kl), 'nats, from the trainer'),
    )}
    ${computedFrom(
      `${settings.kind === 'probe' ? `${countText(settings.prompts)} prompts × ${countText(settings.samples_per_prompt ?? 0)} samples an evaluation` : 'Completions of training batches'}${settings.dataset === undefined ? '' : `; dataset ${settings.dataset}`}${settings.policy === undefined ? '' : `; policy ${settings.policy}`}${settings.anchor_run === undefined ? '' : `; anchor run ${settings.anchor_run}`}. Margin ${shareText(settings.margin)}. A stop needs e-values of ${countText(Math.round(verdict.average_run_length))}: set for a policy that loses nothing to be stopped in at most ${shareText(settings.alpha)} of runs, as far as the noise of evaluations is known.`,
    )}
    ${(['diversity', 'dominance', 'entropy'] as const).map((group) => {
      const rows = verdict.evidence.filter((row) => row.group === group && row.against === 'baseline');
      return rows.length === 0
        ? undefined
        : html`<h2>${groupTitles[group]}</h2>
            <div class="charts">${rows.map((row) => metricFigure(row, detail, verdict.evidence))}</div>`;
    })}
    ${
      verdict.evidence.length === 0
        ? undefined
        : computedFrom(
            'Grey: the baseline’s evaluations; the line: training, oldest left. Band: the margin around the baseline. Upright lines: the step to ship, and in the colour of a warning where the run was stopped.',
          )
    }
    ${
      told.length === 0 && !epochs
        ? undefined
        : html`<h2>Beside it, from the trainer</h2>
            <div class="charts">
              ${told.map((name) => plainFigure(name, training, ({ trainer_metrics }) => trainer_metrics[name]))}
              ${epochs ? plainFigure('epoch', training, ({ epoch }) => epoch ?? undefined) : undefined}
            </div>`
    }
    ${runGroupsSection(groups)}
    <h2>Patterns that took over</h2>
    ${patternTable(patterns)}
    ${computedFrom('Forms that many more replies hold now than in the baseline, at the latest step; names, pronouns and numbers masked, what the prompt holds left out.')}
    <h2>Evidence</h2>
    ${table(
      [
        { head: 'Metric', cell: ({ metric }) => html`<code>${metric}</code>` },
        { head: 'Group', cell: ({ group }) => group },
        { head: 'Against', cell: ({ against }) => against },
        { head: 'Baseline', number: true, cell: ({ baseline }) => measureText(baseline) },
        { head: 'Now', number: true, cell: ({ value }) => measureText(value) },
        { head: 'Change', number: true, cell: ({ change }) => signedShare(change) },
        { head: 'e-value', number: true, cell: ({ e_value }) => eValueText(e_value) },
        {
          head: 'Since step',
          number: true,
          cell: ({ since_step }) => (since_step === null ? '–' : countText(since_step)),
        },
      ],
      verdict.evidence,
      'None yet: it begins with the first training step after the baseline.',
    )}
    ${computedFrom('Change: of a diversity or entropy as a share of its baseline; of a dominance, of what the baseline had undominated. e-value against: nothing was lost.')}`;
}

function metricFigure(
  row: VerdictEvidence,
  { series, verdict }: RunDetail,
  all: readonly VerdictEvidence[],
): Html {
  const { metric, baseline, limit, value, change, group } = row;
  const training = series.filter(({ phase }) => phase === 'training');
  const points = (phase: RunPoint['phase']) =>
    series
      .filter((point) => point.phase === phase)
      .map((point) => ({
        label: `${phase} step ${point.step}`,
        value: point.metrics[metric],
      }));
  const margin = Math.abs(limit - baseline);
  const indexOf = (step: number | null) => training.findIndex((point) => point.step === step);
  const marks = [
    {
      index: indexOf(verdict.last_good_step),
      kind: 'good' as const,
      says: `ship step ${verdict.last_good_step ?? ''}`,
    },
    {
      index: indexOf(verdict.stop_step),
      kind: 'stop' as const,
      says: `stopped at step ${verdict.stop_step ?? ''}`,
    },
  ].filter(({ index }) => index >= 0);
  const anchors = all.filter((each) => each.metric === metric && each.against !== 'baseline');
  const beyond =
    group === 'dominance'
      ? value > limit
      : value < limit || (group === 'entropy' && value > baseline + margin);
  return html`<figure class="chart">
    <figcaption>
      <code>${metric}</code>
      <span class="${beyond ? 'warn' : 'quiet'}">${measureText(value)} (${signedShare(change)})</span>
    </figcaption>
    ${lineChart({
      baseline: points('baseline'),
      points: points('training'),
      band: { middle: baseline, low: baseline - margin, high: baseline + margin },
      marks,
      says: `${metric}, baseline ${measureText(baseline)}, now ${measureText(value)}`,
    })}
    <p class="axis">
      <span>baseline ${measureText(baseline)} ± ${measureText(margin)}</span>
      ${anchors.map(({ against, change: from }) => html`<span>${signedShare(from)} from ${against}</span>`)}
      <span
        >${training[0] ? `step ${countText(training[0].step)} to ${countText(training.at(-1)?.step ?? 0)}` : ''}</span
      >
    </p>
  </figure>`;
}

function plainFigure(
  name: string,
  training: readonly RunPoint[],
  valueOf: (point: RunPoint) => number | undefined,
): Html {
  const points = training.map((point) => ({ label: `step ${point.step}`, value: valueOf(point) }));
  const last = points.findLast(({ value }) => value !== undefined)?.value ?? null;
  return html`<figure class="chart">
    <figcaption><code>${name}</code> <span class="quiet">${measureText(last)}</span></figcaption>
    ${lineChart({ baseline: [], points, marks: [], says: `${name}, now ${measureText(last)}` })}
  </figure>`;
}

function patternTable(patterns: RunDetail['patterns']): Html {
  return table(
    [
      { head: 'Pattern', cell: ({ pattern }) => html`<q>${pattern}</q>` },
      { head: 'Kind', cell: ({ kind }) => kind },
      { head: 'Replies', number: true, cell: ({ share }) => shareText(share) },
      { head: 'In the baseline', number: true, cell: (row) => shareText(row.baseline_share) },
      { head: 'Prompts', number: true, cell: (row) => shareText(row.prompt_share) },
      { head: 'Since step', number: true, cell: (row) => countText(row.since_step) },
    ],
    patterns,
    'None: no form is much more frequent than in the baseline.',
  );
}

const signedShare = (share: number) => `${share < 0 ? '−' : '+'}${shareText(Math.abs(share))}`;

function eValueText(value: number): string {
  if (value < 0.01) return '< .01';
  return value >= 1e6 ? value.toExponential(1).replace('e+', ' × 10^') : measureText(value);
}
