import type { ReplyEvidence } from '../../../pipelines/pairs/judge-pair.ts';
import type { AnnotatorRange } from '../../../pipelines/pairs/queries.ts';
import type { ReplyReaction } from '../../../pipelines/reactions/reaction-cell.ts';
import type { BuildContext } from './build-context.ts';
import { evidenceSql } from './evidence-sql.ts';
import { reactionFromColumns } from './reaction-columns.ts';
import type { ReactionColumns } from './reaction-columns.ts';

/** All that the first steps found out about a reply. */
export interface KnownReply extends ReplyEvidence {
  readonly reaction: ReplyReaction;
  /** Chance that it is better than the annotator's typical reply. */
  readonly pTypical: number;
}

type EvidenceRow = ReactionColumns & {
  readonly turn_id: string;
  readonly reward: number;
  readonly variance: number;
  readonly p_typical: number;
  readonly floor_flag: boolean;
  readonly language: string;
  readonly length_chars: number;
  readonly user_turns: number;
};

/** Of one annotator: of each reply, in any order, a value in each list. */
export type EvidenceColumns = { readonly annotator_id: string } & {
  readonly [Column in keyof EvidenceRow]: readonly EvidenceRow[Column][];
};

/** What is known of the replies of one run of annotators: `EvidenceColumns` as JSON lines. */
export async function readEvidence(
  { warehouse, asOf, buildId }: BuildContext,
  { first_annotator, last_annotator }: Pick<AnnotatorRange, 'first_annotator' | 'last_annotator'>,
): Promise<Uint8Array> {
  return await warehouse.queryLines({
    sql: evidenceSql,
    parameters: { app: asOf.app, build: buildId, first: first_annotator, last: last_annotator },
  });
}

/** By annotator, then by turn. */
export function knownReplies(
  evidence: Iterable<EvidenceColumns>,
): (annotatorId: string) => ReadonlyMap<string, KnownReply> {
  const byAnnotator = new Map(Array.from(evidence, (columns) => [columns.annotator_id, columns]));
  return (annotatorId) => {
    const columns = byAnnotator.get(annotatorId);
    return new Map(columns?.turn_id.map((turnId, at) => [turnId, knownReply(columns, at)]));
  };
}

function knownReply(columns: EvidenceColumns, at: number): KnownReply {
  const style = columns.style[at] ?? 0;
  return {
    reaction: reactionFromColumns({
      style,
      floor: columns.floor[at] ?? 0,
      tries: columns.tries[at] ?? 0,
      liked: columns.liked[at] ?? 0,
      regenerated: columns.regenerated[at] ?? -1,
    }),
    reward: columns.reward[at] ?? 0,
    variance: columns.variance[at] ?? 0,
    pTypical: columns.p_typical[at] ?? 0,
    flagged: columns.floor_flag[at] ?? false,
    language: columns.language[at] ?? '',
    lengthChars: columns.length_chars[at] ?? 0,
    userTurns: columns.user_turns[at] ?? 0,
    style,
  };
}
