import type { AnnotatorHabits, ReactionFit } from './reaction-fit.ts';

/** What is known of an annotator; of one whom the fit has not seen, what holds for all. */
export function habitsOf(fit: ReactionFit, annotator: string): AnnotatorHabits {
  return (
    fit.annotators.get(annotator) ?? {
      thresholds: fit.globals.thresholdMeans,
      attentive: 1 - fit.careless.share,
      verdict: 'too_little_to_judge',
      replies: 0,
      flaggedReplies: 0,
      shown: fit.shown,
    }
  );
}
