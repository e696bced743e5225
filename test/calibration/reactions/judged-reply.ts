import type { ReplyReaction } from '../../../pipelines/reactions/reaction-cell.ts';
import type { ChoiceCell, ReactionCell } from '../../../pipelines/reactions/reaction-cell.ts';

/** A reply of a world with known truth. */
export interface JudgedReply extends ReplyReaction {
  readonly annotator: string;
  readonly quality: number;
  readonly flattering: boolean;
}

/** Two alternatives and what set them against each other: kept over discarded, chosen over passed, liked over disliked. */
export interface SiblingPair {
  readonly kind: 'regenerate' | 'choose' | 'like';
  /** What the deed prefers. */
  readonly better: JudgedReply;
  readonly worse: JudgedReply;
}

/** What an observer can count, and beside it the truth. */
export interface JudgedWorld {
  readonly replies: readonly JudgedReply[];
  readonly pairs: readonly SiblingPair[];
  readonly careless: ReadonlySet<string>;
  readonly annotators: number;
}

export function cellsOf(replies: readonly JudgedReply[]): ReactionCell[] {
  const cells = new Map<string, ReactionCell & { count: number }>();
  for (const { annotator, floor, style, tries, like, regenerated } of replies) {
    const key = JSON.stringify([annotator, floor, style, tries, like, regenerated]);
    const cell = cells.get(key);
    if (cell) cell.count += 1;
    else cells.set(key, { annotator, floor, style, tries, like, regenerated, count: 1 });
  }
  return [...cells.values()];
}

export function choicesOf(pairs: readonly SiblingPair[]): ChoiceCell[] {
  return pairs
    .filter(({ kind }) => kind === 'choose')
    .map(({ better, worse }) => ({ annotator: better.annotator, chosen: better, passed: worse, count: 1 }));
}

/** Alternatives that were rated differently. */
export function likedOverDisliked(alternatives: readonly JudgedReply[]): SiblingPair[] {
  return alternatives.flatMap((better) =>
    alternatives
      .filter((worse) => better.like > worse.like)
      .map((worse) => ({ kind: 'like' as const, better, worse })),
  );
}
