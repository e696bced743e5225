import { judgeRun } from '../../../pipelines/diversity/verdict/verdict.ts';
import type {
  Evaluation,
  RunHistory,
  VerdictSettings,
} from '../../../pipelines/diversity/verdict/run-history.ts';
import type { ProbePhase, SamplingSettings, Verdict } from '../../../schemas/runs.ts';
import type { Ruler } from './measure-probe.ts';
import type { RunSettings } from './run-settings.ts';
import type { StoredProbe, StoredRun } from './run-store.ts';

/** A run as one process holds it; all of it can be read again from the warehouse. */
export interface RunState {
  stored: StoredRun;
  /** By phase and step. */
  readonly probes: Map<string, StoredProbe>;
  /** undefined until the baseline is measured as often as planned. */
  ruler: Ruler | undefined;
  /** The run that the first of the chain of rounds is. */
  anchor: RunState | undefined;
}

export const probeKey = (phase: ProbePhase, step: number) => `${phase} ${step}`;

/** Evaluations of one phase by ascending step. */
export function probesOf(state: RunState, phase: ProbePhase): StoredProbe[] {
  return [...state.probes.values()].filter((probe) => probe.phase === phase).sort((a, b) => a.step - b.step);
}

/** What samples were drawn with, as far as it was named: by the run, else by its first probe that did. */
export function knownSampling({ stored, probes }: RunState): SamplingSettings {
  return [...probes.values()].reduce<SamplingSettings>(
    (known, { sampling }) => ({ ...sampling, ...known }),
    stored.settings.sampling ?? {},
  );
}

export function verdictOf(state: RunState): Verdict {
  return judgeRun(historyOf(state), verdictSettingsOf(state.stored.settings));
}

export function baselineComplete(state: RunState): boolean {
  return baselineProbes(state).length >= state.stored.settings.baseline_evaluations;
}

/** Rollouts without a baseline of their own are held against their first steps. */
export function baselineProbes(state: RunState): StoredProbe[] {
  const baseline = probesOf(state, 'baseline');
  const { kind, baseline_evaluations: count } = state.stored.settings;
  return kind === 'rollout' && baseline.length === 0 ? probesOf(state, 'training').slice(0, count) : baseline;
}

function historyOf(state: RunState): RunHistory {
  const baseline = baselineProbes(state);
  const steps = new Set(baseline);
  const { anchor } = state;
  return {
    baseline: baseline.map(evaluationOf),
    training: probesOf(state, 'training')
      .filter((probe) => !steps.has(probe))
      .map(evaluationOf),
    ...(anchor
      ? { anchor: { run: anchor.stored.run, baseline: probesOf(anchor, 'baseline').map(evaluationOf) } }
      : {}),
  };
}

function evaluationOf({ step, epoch, trainerMetrics, scores }: StoredProbe): Evaluation {
  return { step, epoch, kl: trainerMetrics['kl'] ?? null, scores };
}

function verdictSettingsOf(settings: RunSettings): VerdictSettings {
  return {
    kind: settings.kind,
    baselineEvaluations: settings.baseline_evaluations,
    plannedEvaluations: settings.planned_evaluations,
    margin: settings.margin,
    alpha: settings.alpha,
  };
}
