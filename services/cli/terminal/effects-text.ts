import type { EffectRow, EffectsReport } from '../../../schemas/effects-report.ts';
import { countText, tableText } from './table.ts';

/** The report for people: a bar for each interval, then what did not pass. */
export function effectsText(report: EffectsReport): string {
  const { outcome, sessions, annotators, dropped, diagnostics, plan_hash } = report;
  const notPassed = diagnostics.filter(({ status }) => status !== 'pass');
  const left = dropped.map(({ reason, count }) => `${reason} ${countText(count)}`).join(', ');
  return [
    `outcome ${outcome ?? 'none'}, plan ${plan_hash}`,
    `${countText(sessions)} sessions of ${countText(annotators)} annotators; left out: ${left || 'none'}`,
    ...(report.reason === undefined
      ? answerLines(report)
      : ['', `no answer: ${report.says ?? ''} (${report.reason})`]),
    ...notPassed.map(({ name, status, says }) => `${status}: ${name}. ${says}`),
  ].join('\n');
}

function answerLines({ strata, effects, diagnostics }: EffectsReport): string[] {
  const all = effects.filter(({ cohort }) => cohort === null);
  const ofCohorts = effects.filter(({ cohort }) => cohort !== null);
  const told = ofCohorts.filter(({ verdict }) => verdict !== 'unknown');
  const reach = Math.max(...all.flatMap(({ ci_low, ci_high }) => [-(ci_low ?? 0), ci_high ?? 0]), 0.01);
  const passed = diagnostics.filter(({ status }) => status === 'pass').length;
  return [
    `compared within annotator and ${strata.join(', ') || 'nothing else'}`,
    'in outcome sd for one sd of the signal; it goes with the signal, it need not be caused by it',
    '',
    tableText(
      ['signals', 'estimand', 'effect', 'interval', axis(reach), 'p adj.', 'verdict'],
      all.map((row) => [row.signals.join(' x '), row.estimand, ...cellsOf(row, reach), row.verdict]),
    ),
    '',
    ...all
      .filter(({ estimand, kind }) => estimand === 'direct' && kind === 'main')
      .map(({ signals, verdict, says }) => `${signals.join()}: ${verdict}. ${says}`),
    '',
    ...(told.length > 0
      ? [
          tableText(
            ['signal', 'cohort', 'effect', 'interval', axis(reach), 'p adj.', 'shrunk', 'verdict'],
            told.map((row) => [
              ...[row.signals.join(), row.cohort ?? '', ...cellsOf(row, reach)],
              ...[signed(row.shrunk?.estimate ?? null), row.verdict],
            ]),
          ),
        ]
      : []),
    `${ofCohorts.length - told.length} of ${ofCohorts.length} effects in a cohort are unknown; --json has all`,
    '',
    `${passed} of ${diagnostics.length} diagnostics pass`,
  ];
}

const cellsOf = (row: EffectRow, reach: number) => [
  signed(row.estimate),
  row.estimate === null ? '' : `${signed(row.ci_low)} to ${signed(row.ci_high)}`,
  intervalBar(row, reach),
  row.p_adjusted === null ? '' : row.p_adjusted < 0.001 ? '<.001' : row.p_adjusted.toFixed(3),
];

const half = 15;

const axis = (reach: number) => `${signed(-reach).padEnd(half)}0${signed(reach).padStart(half)}`;

/** `|  ├─●──┤`: 0 in the middle, `reach` at both ends; what goes on beyond them ends in an arrow. */
export function intervalBar(
  { estimate, ci_low, ci_high }: Pick<EffectRow, 'estimate' | 'ci_low' | 'ci_high'>,
  reach: number,
): string {
  if (estimate === null || ci_low === null || ci_high === null) return '';
  const column = (value: number) => Math.round((value / reach) * half) + half;
  const [low, middle, high] = [column(ci_low), column(estimate), column(ci_high)];
  return Array.from({ length: 2 * half + 1 }, (_, i) => {
    if (i === middle) return '●';
    if (i === 0 && low < 0) return '◂';
    if (i === 2 * half && high > i) return '▸';
    if (i === low) return '├';
    if (i === high) return '┤';
    if (i === half) return '|';
    return i > low && i < high ? '─' : ' ';
  }).join('');
}

function signed(value: number | null): string {
  return value === null ? '-' : `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
}
