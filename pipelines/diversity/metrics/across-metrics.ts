import { compressionRatio } from './compression.ts';
import { corpusFromTokens } from '../kernels/corpus.ts';
import { countsOf, hillNumber, simpson, topMass } from './dominance.ts';
import { means } from './means.ts';
import type { SampleReading } from '../reading/read-samples.ts';
import { textMetrics } from './text-metrics.ts';

const topForms = 10;

/**
 * Metrics between prompts: the j-th reply to each prompt forms a set of its own, each metric is measured on it, and
 * the mean over the sets is given. So replies to one prompt, which are alike by nature, are never set against each
 * other, and the figure does not depend on how many there are.
 *
 * @param byPrompt replies with a token, by prompt, in their order
 */
export function acrossMetrics(byPrompt: readonly (readonly SampleReading[])[]): Record<string, number> {
  const sets: SampleReading[][] = [];
  for (let draw = 0; ; draw += 1) {
    const set = byPrompt.flatMap((replies) => replies.slice(draw, draw + 1));
    // Prompts with more replies than most would make sets of another size.
    if (set.length === 0 || set.length < byPrompt.length / 2) break;
    sets.push(set);
  }
  // With no reply at all, every metric by name, as NaN.
  return sets.length === 0 ? setMetrics([]) : means(sets.map((set) => setMetrics(set)));
}

function setMetrics(set: readonly SampleReading[]): Record<string, number> {
  const lists = set.map(({ tokens }) => tokens);
  const openers = [...countsOf(set.flatMap(({ opener }) => opener ?? [])).values()];
  const templates = [...countsOf(set.flatMap((reading) => reading.templates)).values()];
  return {
    ...textMetrics(corpusFromTokens(lists)),
    compression_ratio: compressionRatio(lists.map((list) => list.join(' '))),
    opener_top_10: topMass(openers, topForms),
    opener_simpson: simpson(openers),
    opener_hill_1: hillNumber(openers, 1),
    opener_hill_2: hillNumber(openers, 2),
    template_top_10: topMass(templates, topForms),
    template_simpson: simpson(templates),
    template_hill_1: hillNumber(templates, 1),
    template_hill_2: hillNumber(templates, 2),
  };
}
