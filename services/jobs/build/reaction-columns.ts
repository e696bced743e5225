import type { ReactionCell, ReplyReaction } from '../../../pipelines/reactions/reaction-cell.ts';

/** The columns of a reply that the reaction model sees, as the warehouse keeps them. */
export interface ReactionColumns {
  readonly floor: number;
  readonly style: number;
  readonly tries: number;
  readonly liked: -1 | 0 | 1;
  readonly regenerated: -1 | 0 | 1;
}

/** Replies that are alike in all of them, counted. */
export type CellRow = ReactionColumns & { readonly annotator_id: string; readonly replies: number };

export function reactionFromColumns(columns: ReactionColumns): ReplyReaction {
  const { floor, style, tries, liked, regenerated } = columns;
  return { floor, style, tries, like: liked, regenerated: regenerated < 0 ? null : regenerated === 1 };
}

export function cellFromRow(row: CellRow): ReactionCell {
  return { annotator: row.annotator_id, count: row.replies, ...reactionFromColumns(row) };
}
