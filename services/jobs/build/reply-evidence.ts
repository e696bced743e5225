import type { ReplyEvidence } from '../../../pipelines/pairs/judge-pair.ts';
import type { ReplyReaction } from '../../../pipelines/reactions/reaction-cell.ts';
import type { BuildContext } from './build-context.ts';
import { evidenceSql } from './evidence-sql.ts';
import { reactionFromColumns } from './fit-reactions.ts';
import type { ReactionColumns } from './fit-reactions.ts';

/** All that the first steps found out about a reply. */
export interface KnownReply extends ReplyEvidence {
  readonly reaction: ReplyReaction;
  /** Chance that it is better than the annotator's typical reply. */
  readonly pTypical: number;
}

type EvidenceRow = ReactionColumns & {
  readonly annotator_id: string;
  readonly turn_id: string;
  readonly reward: number;
  readonly variance: number;
  readonly p_typical: number;
  readonly floor_flag: boolean;
  readonly language: string;
  readonly length_chars: number;
  readonly user_turns: number;
};

/** Of one run of annotators: what is known of each reply, by annotator and turn. */
export async function readEvidence(
  { warehouse, asOf, buildId }: BuildContext,
  range: { readonly first_annotator: string; readonly last_annotator: string },
): Promise<ReadonlyMap<string, ReadonlyMap<string, KnownReply>>> {
  const rows = await warehouse.query<EvidenceRow>({
    sql: evidenceSql,
    parameters: {
      app: asOf.app,
      build: buildId,
      first: range.first_annotator,
      last: range.last_annotator,
    },
  });
  const byAnnotator = new Map<string, Map<string, KnownReply>>();
  for (const row of rows) {
    const known = byAnnotator.get(row.annotator_id) ?? new Map<string, KnownReply>();
    byAnnotator.set(row.annotator_id, known);
    known.set(row.turn_id, {
      reaction: reactionFromColumns(row),
      reward: row.reward,
      variance: row.variance,
      pTypical: row.p_typical,
      flagged: row.floor_flag,
      language: row.language,
      lengthChars: row.length_chars,
      userTurns: row.user_turns,
      style: row.style,
    });
  }
  return byAnnotator;
}
