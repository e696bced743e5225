import type { PromptScores } from '../per-prompt-scores.ts';

/** What a verdict is judged from: per-prompt scores of evaluations, no texts. */

export interface Evaluation {
  readonly step: number;
  readonly epoch: number | null;
  /** Against the reference policy, in nats, as the trainer measured it. */
  readonly kl: number | null;
  readonly scores: readonly PromptScores[];
}

export interface RunHistory {
  /** Repeated evaluations of the starting policy. */
  readonly baseline: readonly Evaluation[];
  /** By ascending step, each step once. */
  readonly training: readonly Evaluation[];
  /** The baseline of the run that the first of a chain of rounds began with. */
  readonly anchor?: { readonly run: string; readonly baseline: readonly Evaluation[] };
}

export interface VerdictSettings {
  /** probe: the same prompts each time. rollout: other prompts each step, so nothing is paired and nothing stops. */
  readonly kind: 'probe' | 'rollout';
  readonly baselineEvaluations: number;
  readonly plannedEvaluations: number;
  /** Share of the baseline that may be lost. */
  readonly margin: number;
  /** Chance of a false stop over all planned evaluations. */
  readonly alpha: number;
}
