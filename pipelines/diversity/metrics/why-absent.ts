const reasons: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^within_/u, 'needs two replies with words to one prompt'],
  [
    /^(semantic_entropy|distinct_clusters)$/u,
    'needs a cluster id for each of at least two replies to one prompt',
  ],
  [/^token_entropy$/u, 'needs the entropy that the trainer measured'],
  [/^separation$/u, 'needs two characters with replies to at least two prompts each'],
  [/^echo$/u, 'needs previous replies in the context, and replies of three words'],
  [/^stopped_by_length_share$/u, 'needs finish reasons'],
  [/^(self_bleu|homogenization)$/u, 'needs replies with words to two prompts'],
  [/^template_/u, 'needs a sentence of three words'],
];

/** In plain words, why a metric has nothing to measure in this group of samples. */
export function whyAbsent(metric: string, promptsWithWords: number): string {
  if (promptsWithWords === 0) return 'no reply holds a word';
  return reasons.find(([pattern]) => pattern.test(metric))?.[1] ?? 'the replies are too short';
}
