import { acrossMetrics } from './metrics/across-metrics.ts';
import { echoOf } from './metrics/echo.ts';
import { meanOf, medianOf } from './metrics/means.ts';
import { whyAbsent } from './metrics/why-absent.ts';
import type { ProbeSample } from './reading/probe-sample.ts';
import { readSamples } from './reading/read-samples.ts';
import type { SampleReading } from './reading/read-samples.ts';
import { separation } from './metrics/separation.ts';
import type { TokenBudget } from './reading/token-budget.ts';
import { wordTokens } from './reading/tokens.ts';
import { withinMetrics } from './metrics/within-metrics.ts';

export interface MeasureOptions {
  /** Tokens that samples are cut to, by language (`tokenBudgetOf` the baseline); null: to 2,000. */
  readonly tokenBudget: TokenBudget | null;
  /** `rollout`: prompts differ from step to step, so only metrics within a prompt and of single replies are measured. */
  readonly kind?: 'probe' | 'rollout';
}

/** Samples of one language, or of one depth or tier in it. */
export interface SampleGroup {
  readonly language: string;
  readonly by: 'language' | 'depth' | 'tier';
  /** The language, depth or tier. */
  readonly value: string;
  readonly samples: number;
  readonly prompts: number;
  /** Finite numbers only. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What could not be measured here, and why. */
  readonly absent: readonly { readonly metric: string; readonly reason: string }[];
}

export interface SampleMeasures {
  /** Of each language: by plain name where there is one language, else as `name.language`. Finite numbers only. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly absent: readonly { readonly metric: string; readonly reason: string }[];
  readonly groups: readonly SampleGroup[];
}

/**
 * All metrics of a probe, never pooled over languages. Definitions, ranges and sources: docs/diversity-metrics.md and
 * the function that each comes from. A metric that cannot be measured is absent, with its reason; never NaN.
 */
export function measureSamples(samples: readonly ProbeSample[], options: MeasureOptions): SampleMeasures {
  const byLanguage = grouped(readSamples(samples, options.tokenBudget), ({ language }) => language);
  const groups = [...byLanguage].flatMap(([language, readings]) => [
    measureGroup({ language, by: 'language', value: language }, readings, options),
    ...(['depth', 'tier'] as const).flatMap((by) =>
      [...grouped(readings, ({ sample }) => sample[by])].map(([value, part]) =>
        measureGroup({ language, by, value }, part, options),
      ),
    ),
  ]);
  const wholes = groups.filter(({ by }) => by === 'language');
  const named = (metric: string, language: string) =>
    wholes.length === 1 ? metric : `${metric}.${language}`;
  return {
    metrics: Object.fromEntries(
      wholes.flatMap(({ metrics, language }) =>
        Object.entries(metrics).map(([metric, value]) => [named(metric, language), value] as const),
      ),
    ),
    absent: wholes.flatMap(({ absent, language }) =>
      absent.map(({ metric, reason }) => ({ metric: named(metric, language), reason })),
    ),
    groups,
  };
}

function measureGroup(
  group: Pick<SampleGroup, 'language' | 'by' | 'value'>,
  readings: readonly SampleReading[],
  { kind, tokenBudget }: MeasureOptions,
): SampleGroup {
  const spoken = readings.filter(({ length }) => length > 0);
  const byPrompt = [...grouped(spoken, ({ sample }) => sample.promptId).values()];
  const all = {
    ...(kind === 'rollout' ? {} : acrossMetrics(byPrompt)),
    ...withinMetrics(byPrompt),
    ...replyMetrics(readings, tokenBudget?.[group.language]),
  };
  const entries = Object.entries(all);
  return {
    ...group,
    samples: readings.length,
    prompts: new Set(readings.map(({ sample }) => sample.promptId)).size,
    metrics: Object.fromEntries(entries.filter(([, value]) => Number.isFinite(value))),
    absent: entries
      .filter(([, value]) => !Number.isFinite(value))
      .map(([metric]) => ({ metric, reason: whyAbsent(metric, byPrompt.length) })),
  };
}

/** Metrics of replies one by one. */
function replyMetrics(readings: readonly SampleReading[], limit: number | undefined): Record<string, number> {
  const spoken = readings.filter(({ length }) => length > 0);
  const lengths = spoken.map(({ length }) => length);
  const finished = readings.flatMap(({ sample }) => sample.finishReason ?? []);
  return {
    length_mean: meanOf(lengths),
    length_median: medianOf(lengths),
    /** Share of replies longer than the budget: what the other metrics do not see the end of. */
    cut_share: limit === undefined ? 0 : shareOf(readings, ({ length }) => length > limit),
    /** Share of replies that do not fill the budget. */
    short_share: limit === undefined ? 0 : shareOf(readings, ({ length }) => length < limit),
    empty_share: shareOf(readings, ({ length }) => length === 0),
    /** Share of replies that the token limit ended, among those that say how they ended. */
    stopped_by_length_share: shareOf(finished, (reason) => reason === 'length'),
    other_language_share: shareOf(readings, ({ inLanguage }) => !inLanguage),
    token_entropy: meanOf(readings.map(({ sample }) => sample.entropy ?? Number.NaN)),
    separation: separation(
      spoken.flatMap(({ sample: { character, promptId }, masked }) =>
        character === undefined ? [] : { character, promptId, tokens: masked },
      ),
    ),
    echo: meanOf(
      spoken.map(({ sample, tokens }) =>
        sample.context === undefined || sample.context.length === 0
          ? Number.NaN
          : echoOf(tokens, sample.context.map(wordTokens)),
      ),
    ),
  };
}

function shareOf<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  return items.length === 0 ? Number.NaN : items.filter(holds).length / items.length;
}

function grouped<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string | undefined,
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
