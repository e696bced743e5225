import type { EffectRow, EffectsReport } from '../../../../schemas/effects-report.ts';
import { forestPlot, labelOfEffect } from './forest-plot.ts';
import { heatMap } from './heat-map.ts';
import { markup, nameOf, signedText } from './markup.ts';
import type { Html } from '../../html.ts';
import { pageStyle } from './page-style.ts';
import { specificationPlot } from './specification-plot.ts';
import { turnCurvePlot } from './turn-curve.ts';

/** The report as one HTML document: no script, nothing from elsewhere, light and dark as the reader has it. */
export function reportPage(report: EffectsReport): string {
  const title = `Effects on ${report.outcome ?? 'nothing'}`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${pageStyle}</style>
</head>
<body><main>
<h1>${title}</h1>
<p class="lead">${count(report.sessions)} sessions of ${count(report.annotators)} annotators, compared within annotator and ${report.strata.map((part) => part.replaceAll('_', ' ')).join(', ') || 'nothing else'}. Effects are in standard deviations of the outcome for one of the signal; a signal goes with the outcome, it need not cause it.</p>
${report.reason === undefined ? answer(report) : markup`<p class="none"><b>No answer.</b> ${report.says ?? ''} <code>${report.reason}</code></p>`}
${diagnostics(report)}
${leftOut(report)}
<footer>plan <code>${report.plan_hash}</code>, app clock ${report.cut.clock_ms === null ? 'none' : new Date(report.cut.clock_ms).toISOString()}, log <code>${report.cut.log_id}</code> generation ${report.cut.generation} up to ${report.cut.places.join(', ')}</footer>
</main></body>
</html>
`.html;
}

const count = (value: number) => value.toLocaleString('en-US');

function answer(report: EffectsReport): Html {
  const all = report.effects.filter(({ cohort }) => cohort === null);
  const direct = all.filter(({ estimand }) => estimand === 'direct');
  const mains = direct.filter(({ kind }) => kind === 'main');
  const interactions = direct.filter(({ kind }) => kind === 'interaction');
  const totals = all.filter(({ estimand }) => estimand === 'total');
  const cohorts = report.effects.filter(({ cohort }) => cohort !== null);
  const curve = report.specification_curve ?? [];
  return markup`
<section><h2>What each signal is worth</h2>
${table(
  ['signal', 'verdict', 'why'],
  mains.map((row) => [
    nameOf(row.signals),
    markup`<span class="verdict ${row.verdict}">${row.verdict}</span>`,
    row.says,
  ]),
)}</section>
<section><h2>Direct effects</h2><p>All signals and all pairs in one model.</p>${forestPlot(mains, labelOfEffect)}</section>
<section><h2>Total effects</h2><p>Only signals of the same tier or before are held. Not tested.</p>${forestPlot(totals, labelOfEffect)}</section>
${
  interactions.length > 0
    ? markup`<section><h2>Pairs of signals</h2><p>How the effect of one changes with one standard deviation more of the other. A frame marks those that are clear once all are counted.</p>${heatMap(mains, interactions)}${forestPlot(interactions, labelOfEffect)}</section>`
    : undefined
}
${importance(report)}
${
  report.turn_curve && report.turn_curve.length > 1
    ? markup`<section><h2>Number of turns</h2><p>Against a session of one turn, other signals held; linear between 5, 10, 20 and 40 turns. The band is the 95 % interval of each point.</p>${turnCurvePlot(report.turn_curve)}</section>`
    : undefined
}
${
  curve.length > 1
    ? markup`<section><h2>Specification curve</h2><p>The same question asked in ${curve.length} ways. Filled: the one reported.</p><div class="grid-2">${mains.map((row, term) => (row.estimate === null ? markup`` : specificationPlot(curve, row, term)))}</div></section>`
    : undefined
}
<section><h2>Other fits and hidden confounders</h2>
${otherFits(mains)}
${hidden(mains)}</section>
${
  cohorts.some(({ estimate }) => estimate !== null)
    ? markup`<section><h2>By cohort</h2><p>Points: as the cohort's own sessions say it. Diamonds: the same drawn towards all cohorts.</p>${forestPlot(
        cohorts.filter(({ estimate }) => estimate !== null),
        (row) => `${nameOf(row.signals)}, ${row.cohort ?? ''}`,
      )}</section>`
    : undefined
}`;
}

function importance({ importance: found }: EffectsReport): Html | undefined {
  if (!found) return undefined;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return markup`<section><h2>Importance</h2><p>Share of what signals explain within annotators and times (all together ${percent(found.within_r2)}), averaged over all orders of entry, and the chance that the signal has the largest direct effect.</p>
${table(
  ['signal', 'share of what is explained', 'chance to be first', 'second'],
  [
    ...found.signals.map(({ signal, share, rank_probabilities }) => [
      nameOf([signal]),
      bar(share / Math.max(1e-12, found.within_r2)),
      percent(rank_probabilities[0] ?? 0),
      percent(rank_probabilities[1] ?? 0),
    ]),
    ...(found.interaction_share > 0
      ? [['pairs together', bar(found.interaction_share / Math.max(1e-12, found.within_r2)), '', '']]
      : []),
  ],
)}</section>`;
}

const bar = (share: number) =>
  markup`<span class="bar"><span style="width:${Math.max(0, Math.min(100, 100 * share))}%"></span></span> ${(100 * share).toFixed(1)} %`;

function otherFits(rows: readonly EffectRow[]): Html {
  return table(
    ['signal', 'direct', 'DML', 'Huber', 'by time of day', 'with character', 'settled only', 'one left out'],
    rows.flatMap(({ signals, estimate, robustness: of }) =>
      of
        ? [
            [
              ...[
                nameOf(signals),
                signedText(estimate),
                signedText(of.dml?.estimate ?? null),
                signedText(of.huber),
              ],
              ...[signedText(of.interacted_strata), signedText(of.with_character?.estimate ?? null)],
              ...[
                signedText(of.settled),
                `${signedText(of.left_out_low)} to ${signedText(of.left_out_high)}`,
              ],
            ],
          ]
        : [],
    ),
  );
}

function hidden(rows: readonly EffectRow[]): Html {
  const bound = (of: NonNullable<EffectRow['sensitivity']>['bounds'][number] | undefined) =>
    of
      ? `${signedText(of.estimate, 2)} (${signedText(of.ci_low, 2)}, ${signedText(of.ci_high, 2)})`
      : 'none so strong';
  return table(
    [
      'signal',
      'robustness value',
      'of its interval',
      'E-value',
      'strongest benchmark',
      'left at 1 ×',
      'at 2 ×',
      'at 3 ×',
    ],
    rows.flatMap(({ signals, sensitivity: of }) =>
      of
        ? [
            [
              ...[
                nameOf(signals),
                of.robustness_value.toFixed(3),
                of.robustness_value_at_confidence.toFixed(3),
              ],
              ...[of.e_value.toFixed(2), of.benchmark.part.replaceAll('_', ' '), ...of.bounds.map(bound)],
            ],
          ]
        : [],
    ),
  );
}

function diagnostics({ diagnostics: all }: EffectsReport): Html {
  const failed = all.filter(({ status }) => status !== 'pass');
  const rowOf = ({ name, value, status, says }: (typeof all)[number]) => [
    name,
    value === null ? '–' : Number(value.toPrecision(3)).toString(),
    markup`<span class="status ${status}">${status}</span>`,
    says,
  ];
  return markup`<section><h2>Diagnostics</h2><p>${all.length - failed.length} of ${all.length} pass.</p>
${failed.length > 0 ? table(['what', 'value', '', 'what it means'], failed.map(rowOf)) : undefined}
<details><summary>All ${all.length}</summary>${table(['what', 'value', '', 'what it means'], all.map(rowOf))}</details></section>`;
}

function leftOut({ dropped }: EffectsReport): Html | undefined {
  if (dropped.length === 0) return undefined;
  return markup`<section><h2>Left out</h2>${table(
    ['reason', 'sessions'],
    dropped.map(({ reason, count: sessions }) => [reason.replaceAll('_', ' '), count(sessions)]),
  )}</section>`;
}

function table(head: readonly string[], rows: readonly (readonly (string | Html)[])[]): Html {
  return markup`<div class="scroll"><table><thead><tr>${head.map((text) => markup`<th>${text}</th>`)}</tr></thead>
<tbody>${rows.map((row) => markup`<tr>${row.map((part) => markup`<td>${part}</td>`)}</tr>`)}</tbody></table></div>`;
}
