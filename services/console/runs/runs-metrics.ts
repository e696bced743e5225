import { Gauge, type Registry } from 'prom-client';

import { verdictActions, type ProbeAnswer } from '../../../schemas/runs.ts';

/** Shows the latest evaluation of each run to Prometheus. */
export interface RunsMetrics {
  judged(app: string, run: string, answer: ProbeAnswer): void;
}

const mostRuns = 100;

/** Gauges of the runs that were probed since the process began; the latest hundred. */
export function createRunsMetrics(registry: Registry): RunsMetrics {
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Gauge({
      name: `tacit_run_${name}`,
      help,
      labelNames: ['app', 'run', ...labelNames],
      registers: [registry],
    });
  const step = gauge('step', 'Training step of the latest evaluation', []);
  const action = gauge('action', 'Verdict: 0 continue, 1 warn, 2 stop', []);
  const lastGood = gauge('last_good_step', 'Last training step inside the margin', []);
  const value = gauge('metric', 'A metric of the latest evaluation', ['metric']);
  const change = gauge('change', 'Change of a score from its baseline, as a share', ['metric', 'against']);
  const evidence = gauge('e_value', 'Evidence of a loss in a score; a stop needs the threshold', [
    'metric',
    'against',
  ]);
  const threshold = gauge('e_value_threshold', 'e-value of a stop', []);
  const known = new Map<string, { readonly app: string; readonly run: string }>();

  function forgetOldest(): void {
    for (const [key, labels] of known) {
      if (known.size <= mostRuns) return;
      known.delete(key);
      for (const each of [step, action, lastGood, threshold]) each.remove(labels);
      for (const each of [value, change, evidence]) removeAll(each, labels);
    }
  }

  return {
    judged(app, run, { metrics, verdict }) {
      const labels = { app, run };
      const key = JSON.stringify([app, run]);
      known.delete(key);
      known.set(key, labels);
      forgetOldest();
      if (verdict.step !== null) step.set(labels, verdict.step);
      if (verdict.last_good_step !== null) lastGood.set(labels, verdict.last_good_step);
      action.set(labels, verdictActions.indexOf(verdict.action));
      threshold.set(labels, verdict.average_run_length);
      for (const [metric, now] of Object.entries(metrics)) value.set({ ...labels, metric }, now);
      for (const row of verdict.evidence) {
        const { metric, against } = row;
        change.set({ ...labels, metric, against }, row.change);
        evidence.set({ ...labels, metric, against }, row.e_value);
      }
    },
  };
}

function removeAll(gauge: Gauge, { app, run }: { readonly app: string; readonly run: string }): void {
  void gauge.get().then(({ values }) => {
    for (const { labels } of values) if (labels['app'] === app && labels['run'] === run) gauge.remove(labels);
  });
}
