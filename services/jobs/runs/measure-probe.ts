import { promptLanguages } from '../../../pipelines/diversity/reading/language.ts';
import { meanOf } from '../../../pipelines/diversity/metrics/means.ts';
import { measureSamples } from '../../../pipelines/diversity/measure-samples.ts';
import { perPromptScores, type PromptScores } from '../../../pipelines/diversity/per-prompt-scores.ts';
import type { ProbeSample } from '../../../pipelines/diversity/reading/probe-sample.ts';
import { tokenBudgetOf, type TokenBudget } from '../../../pipelines/diversity/reading/token-budget.ts';
import type { ProbeSampleBody, RunPoint, SampleGroup } from '../../../schemas/runs.ts';
import type { RunSettings } from './run-settings.ts';

/** How samples of a run are measured: fixed by its baseline, the same for all that is compared. */
export interface Ruler {
  readonly tokenBudget: TokenBudget | null;
  /** Language of each prompt; a prompt that is not there is told by its texts. */
  readonly languages: ReadonlyMap<string, string>;
}

export interface ProbeMeasures {
  readonly metrics: Readonly<Record<string, number>>;
  /** What could not be measured, and why. */
  readonly absent: RunPoint['absent'];
  /** By depth and by character tier. */
  readonly groups: readonly SampleGroup[];
  readonly scores: readonly PromptScores[];
}

/** Letters of a reply that are read; far beyond any token budget. */
const longestText = 50_000;

/** @param baseline all samples of the baseline */
export function rulerFromBaseline(baseline: readonly ProbeSample[]): Ruler {
  return { tokenBudget: tokenBudgetOf(baseline), languages: promptLanguages(baseline) };
}

/** What is known of the samples of a probe: the reply itself, and what the run said of its prompt. */
export function probeSamplesOf(
  { prompts }: Pick<RunSettings, 'prompts'>,
  samples: readonly ProbeSampleBody[],
): ProbeSample[] {
  const known = new Map(prompts.map((prompt) => [prompt.prompt_id, prompt]));
  return samples.map((sample) => {
    const prompt = known.get(sample.prompt_id);
    return {
      promptId: sample.prompt_id,
      text: sample.text.slice(0, longestText),
      ...optional('language', prompt?.language),
      ...optional('character', prompt?.character_id),
      ...optional('tier', prompt?.tier),
      ...optional('depth', prompt?.depth),
      ...optional('context', prompt?.previous_replies),
      ...optional('prompt', prompt?.text),
      ...optional('names', prompt?.names),
      ...optional('finishReason', sample.finish_reason),
      ...optional('entropy', sample.entropy),
      ...optional('cluster', sample.cluster),
    };
  });
}

/** @param trainerEntropy mean token entropy of the evaluation, where the trainer gave no entropy of each reply */
export function measureProbe(
  kind: RunSettings['kind'],
  { tokenBudget, languages }: Ruler,
  samples: readonly ProbeSample[],
  trainerEntropy: number | undefined,
): ProbeMeasures {
  const placed = samples.map((sample) => {
    const language = sample.language ?? languages.get(sample.promptId);
    return language === undefined ? sample : { ...sample, language };
  });
  const byPrompt = perPromptScores(placed, { tokenBudget, kind });
  const known = trainerEntropy === undefined || byPrompt.some(({ metric }) => metric === 'token_entropy');
  const scores: PromptScores[] = known
    ? byPrompt
    : [...byPrompt, { metric: 'policy_entropy', group: 'entropy', scores: new Map([['', trainerEntropy]]) }];
  const { metrics, absent, groups } = measureSamples(placed, { tokenBudget, kind });
  const means = scores.map(({ metric, scores: all }) => [metric, meanOf([...all.values()])] as const);
  return {
    metrics: { ...metrics, ...Object.fromEntries(means) },
    absent: [...absent],
    groups: groups.flatMap(({ by, ...group }) =>
      by === 'language' ? [] : { ...group, by, metrics: { ...group.metrics }, absent: [...group.absent] },
    ),
    scores,
  };
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined) {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };
}
