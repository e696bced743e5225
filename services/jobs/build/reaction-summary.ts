import type {
  AnnotatorHabits,
  ReactionFit,
  ReactionGlobals,
} from '../../../pipelines/reactions/reaction-fit.ts';
import type { ReactionSummary } from '../../../schemas/build-report.ts';

/** What a manifest keeps of the reaction model; habits of annotators stand in the table `annotator_habits`. */
export function reactionSummaryFrom(fit: ReactionFit): ReactionSummary {
  const { annotators: _, ...model } = fit;
  const { identified, says, replies, rounds, converged, careless } = fit;
  return {
    ...{ identified, says, replies, rounds, converged },
    careless: {
      identified: careless.identified,
      share: careless.share,
      annotators: { ...careless.counts },
    },
    model,
  };
}

/** Manifests of model version 1 knew that a reply replaced another, not after how many tries. */
function globalsFrom(
  globals: ReactionGlobals & { readonly replaced?: ReactionGlobals['tries'][number] },
): ReactionGlobals {
  const { replaced } = globals;
  return replaced
    ? { ...globals, misperception: 0, tries: [[0, 0, 0], replaced, replaced, replaced] }
    : globals;
}

/** The model as a manifest keeps it, with the annotators whose habits are at hand. */
export function fitFromSummary(
  { model }: ReactionSummary,
  annotators: ReadonlyMap<string, AnnotatorHabits>,
): ReactionFit {
  const fit = model as unknown as Omit<ReactionFit, 'annotators'>;
  return { ...fit, globals: globalsFrom(fit.globals), annotators };
}
