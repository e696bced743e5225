import type { RunDetail } from '../../../schemas/runs.ts';
import { sparkline } from './sparkline.ts';
import { tableText } from './table.ts';

/** A run for people: the verdict, its reasons, and each metric over the steps. */
export function runText(detail: RunDetail): string {
  const { run, kind, policy, dataset, probes, verdict, series, settings } = detail;
  const about = [
    kind,
    ...(policy === null ? [] : [policy]),
    ...(dataset === null ? [] : [`dataset ${dataset}`]),
  ];
  const training = series.filter(({ phase }) => phase === 'training');
  const trend = (metric: string) =>
    sparkline(
      training.flatMap(({ metrics }) => metrics[metric] ?? []),
      32,
    );
  const beside = ['kl', 'reward', 'entropy'].flatMap((name) => {
    const values = training.flatMap(({ trainer_metrics: told }) => told[name] ?? []);
    const last = values.at(-1);
    return last === undefined
      ? []
      : [[`${name} (trainer)`, '', '', short(last), '', '', sparkline(values, 32)]];
  });
  return [
    `${run}: ${about.join(', ')}; ${probes.baseline} baseline and ${probes.training} training evaluations of ${settings.planned_evaluations} planned`,
    '',
    `${verdict.action.toUpperCase()}${verdict.step === null ? '' : ` at step ${verdict.step}`}`,
    ...verdict.reasons.map((reason) => `  ${reason}`),
    ...(verdict.evidence.length + beside.length === 0
      ? []
      : [
          '',
          tableText(
            ['metric', 'group', 'baseline', 'now', 'change', 'e-value', 'over the steps'],
            [
              ...verdict.evidence.map((row) => [
                row.against === 'baseline' ? row.metric : `${row.metric} (${row.against})`,
                row.group,
                short(row.baseline),
                short(row.value),
                `${row.change < 0 ? '-' : '+'}${(100 * Math.abs(row.change)).toFixed(1)} %`,
                row.e_value < 0.01 ? '<.01' : short(row.e_value),
                trend(row.metric),
              ]),
              ...beside,
            ],
          ),
          '',
          `a stop needs e-values of ${short(verdict.average_run_length)}: false in ${short(100 * settings.alpha)} % of runs of ${settings.planned_evaluations} evaluations that lose nothing`,
        ]),
  ].join('\n');
}

function short(value: number): string {
  return Math.abs(value) >= 1e6 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}
