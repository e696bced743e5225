import type { EffectRow, EffectsReport } from '../../../schemas/effects-report.ts';
import { countText, tableText } from './table.ts';

/** The report for people: a bar for each interval, then what did not pass. */
export function effectsText(report: EffectsReport): string {
  const { outcome, sessions, annotators, dropped, strata, effects, diagnostics, plan_hash } = report;
  const notPassed = diagnostics.filter(({ status }) => status !== 'pass');
  const left = dropped.map(({ reason, count }) => `${reason} ${countText(count)}`).join(', ');
  return [
    `outcome ${outcome ?? 'none'}, plan ${plan_hash}`,
    `${countText(sessions)} sessions of ${countText(annotators)} annotators; left out: ${left || 'none'}`,
    ...(report.reason === undefined
      ? [
          `compared within annotator and ${strata.join(', ') || 'nothing else'}`,
          'effects in outcome sd for one sd of the signal; an effect goes with a signal, it need not be caused by it',
          '',
          effectsTable(effects),
          '',
          ...effects
            .filter(
              ({ cohort, estimand, kind }) => cohort === null && estimand === 'direct' && kind === 'main',
            )
            .map(({ signals, verdict, says }) => `${signals.join()}: ${verdict}. ${says}`),
          '',
          `${diagnostics.length - notPassed.length} of ${diagnostics.length} diagnostics pass`,
        ]
      : ['', `no answer: ${report.says ?? ''} (${report.reason})`]),
    ...notPassed.map(({ name, status, says }) => `${status}: ${name}. ${says}`),
  ].join('\n');
}

function effectsTable(effects: readonly EffectRow[]): string {
  const shown = effects.filter(({ cohort, estimate }) => cohort === null || estimate !== null);
  const all = shown.filter(({ cohort }) => cohort === null);
  const reach = Math.max(...all.flatMap(({ ci_low, ci_high }) => [-(ci_low ?? 0), ci_high ?? 0]), 0.01);
  return tableText(
    [
      'signals',
      'estimand',
      'effect',
      'interval',
      bar({ ci_low: -reach, ci_high: reach }, reach),
      'p adj.',
      'verdict',
    ],
    shown.map((row) => [
      row.signals.join(' x ') + (row.cohort === null ? '' : ` in ${row.cohort}`),
      row.estimand,
      signed(row.estimate),
      row.estimate === null ? '' : `${signed(row.ci_low)} to ${signed(row.ci_high)}`,
      bar(row, reach),
      row.p_adjusted === null ? '' : row.p_adjusted.toFixed(3),
      row.verdict,
    ]),
  );
}

const halfWidth = 15;

/** `·····|··├──●──┤···`: 0 in the middle, `reach` at both ends; beyond them an arrow. */
function bar(
  {
    estimate = null,
    ci_low,
    ci_high,
  }: { estimate?: number | null; ci_low: number | null; ci_high: number | null },
  reach: number,
): string {
  if (ci_low === null || ci_high === null) return '';
  const column = (value: number) => Math.round((value / reach) * halfWidth) + halfWidth;
  const [low, high] = [column(ci_low), column(ci_high)];
  const middle = estimate === null ? -1 : column(estimate);
  return Array.from({ length: 2 * halfWidth + 1 }, (_, i) => {
    if (i === middle) return '●';
    if (i === 0 && low < 0 && high >= 0) return '◂';
    if (i === 2 * halfWidth && high > i && low <= i) return '▸';
    if (i === low) return '├';
    if (i === high) return '┤';
    if (i === halfWidth) return '|';
    return i > low && i < high ? '─' : ' ';
  }).join('');
}

function signed(value: number | null): string {
  return value === null ? '-' : `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
}
