import { patternsThatTookOver } from '../../../pipelines/diversity/patterns/patterns.ts';
import type { ProbeSample } from '../../../pipelines/diversity/reading/probe-sample.ts';
import type { RunDetail, RunPoint, RunSummary } from '../../../schemas/runs.ts';
import { probesOf, verdictOf, type RunState } from './run-state.ts';
import { summaryOf, type StoredProbe } from './run-store.ts';

export function runSummary(state: RunState): RunSummary {
  const training = probesOf(state, 'training');
  const probes = { baseline: state.probes.size - training.length, training: training.length };
  return {
    ...summaryOf(state.stored, probes),
    step: training.at(-1)?.step ?? null,
    action: verdictOf(state).action,
  };
}

/** What patterns are told by. */
export interface RunTexts {
  readonly baseline: readonly ProbeSample[];
  /** Of the latest step. */
  readonly samples: readonly ProbeSample[];
  readonly earlier: readonly { readonly step: number; readonly samples: readonly ProbeSample[] }[];
}

/** @param texts where there is a training step */
export function runDetail(state: RunState, texts: RunTexts | undefined): RunDetail {
  const { prompts, ...settings } = state.stored.settings;
  const summary = runSummary(state);
  const found =
    texts === undefined || settings.kind === 'rollout'
      ? []
      : patternsThatTookOver({ ...texts, step: summary.step ?? 0 });
  return {
    ...summary,
    settings: { ...settings, prompts: prompts.length },
    verdict: verdictOf(state),
    series: [...probesOf(state, 'baseline'), ...probesOf(state, 'training')].map(pointFromProbe),
    patterns: found.map(
      ({ baselineShare, promptShare, characterShare, sinceStep, examples, ...pattern }) => ({
        ...pattern,
        baseline_share: baselineShare,
        prompt_share: promptShare,
        character_share: characterShare,
        since_step: sinceStep,
        examples: [...examples],
      }),
    ),
  };
}

function pointFromProbe({
  phase,
  step,
  epoch,
  receivedMs,
  metrics,
  absent,
  trainerMetrics,
  answer,
}: StoredProbe): RunPoint {
  return {
    step,
    phase,
    epoch,
    received_at: new Date(receivedMs).toISOString(),
    metrics: { ...metrics },
    absent,
    trainer_metrics: { ...trainerMetrics },
    action: answer.verdict.action,
  };
}
