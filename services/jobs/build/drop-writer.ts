import type { Drop } from '../../../pipelines/pairs/pairs-from-history.ts';
import type { ConversationEvent } from '../../../pipelines/pairs/queries.ts';
import type { BuildContext } from './build-context.ts';
import { createRowWriter } from './row-writer.ts';
import type { RowLines } from './row-writer.ts';

type NamedDrop = Omit<Drop, 'reason'> & { readonly reason: string };

/** Columns of `dataset_drops` that every candidate which became no pair has the same. */
export const dropKey = (app: string, datasetId: string) => ({ app, dataset_id: datasetId, stage: 'pair' });

/** The others. @param p chance that what the deed put above is the better, where it is known */
export function columnsOfDrop(drop: NamedDrop, p?: number) {
  return {
    reason: drop.reason,
    turn_id: drop.turnId,
    other_turn_id: drop.otherTurnId,
    event_id: '',
    annotator_id: drop.annotatorId,
    session_id: drop.sessionId,
    ...(p === undefined ? {} : { p }),
  };
}

/** Writes and counts what became no pair. */
export function createDropWriter({ warehouse, asOf, buildId, tally }: BuildContext) {
  const rows = createRowWriter(warehouse, 'dataset_drops', dropKey(asOf.app, buildId));
  const add = async (drop: NamedDrop, p?: number) => {
    tally.addDrop(drop);
    await rows.add(columnsOfDrop(drop, p));
  };
  return {
    /** @param p chance that what the deed put above is the better, where it is known */
    add,
    /** Drops that were counted and written down elsewhere. */
    addLines: (lines: RowLines) => rows.addLines(lines),
    /** A candidate that would have been good enough. */
    addCandidate: (
      candidate: Pick<Drop, 'source' | 'annotatorId' | 'sessionId'> & {
        readonly chosenTurnId: string;
        readonly rejectedTurnId: string;
        readonly p: number;
      },
      reason: string,
    ) =>
      add(
        { ...candidate, reason, turnId: candidate.chosenTurnId, otherTurnId: candidate.rejectedTurnId },
        candidate.p,
      ),
    /** A turn whose id an earlier one has; never a candidate. */
    addDuplicate: ({ turn_id, event_id, annotator_id, session_id }: ConversationEvent) =>
      rows.add({ reason: 'duplicate_turn', turn_id, other_turn_id: '', event_id, annotator_id, session_id }),
    end: () => rows.end(),
  };
}

export type DropWriter = ReturnType<typeof createDropWriter>;
