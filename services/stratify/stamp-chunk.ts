import { setImmediate as nextTurn } from 'node:timers/promises';

import type { ChunkHistories } from './annotator-histories.ts';
import { forgetHistory } from './annotator-state.ts';
import type { CohortStampStep } from './cohort-stamp-step.ts';
import type { Delivery } from './stratified-record.ts';

export interface ChunkStamps {
  /** JSON lines of the table `cohort_stamps`: one where an annotator's cohort changes. */
  readonly lines: readonly string[];
  /** Stamps of events of a day that their annotator had already left. */
  readonly late: number;
}

/** Deliveries handled before other work of the process gets its turn. */
const deliveriesPerTurn = 200;

/** Stamps a chunk's deliveries, in the order of the log. */
export async function stampChunk(
  deliveries: readonly Delivery[],
  histories: ChunkHistories,
  stampCohort: CohortStampStep,
): Promise<ChunkStamps> {
  const lines: string[] = [];
  let late = 0;
  for (const [index, { event, place }] of deliveries.entries()) {
    if (index % deliveriesPerTurn === deliveriesPerTurn - 1) await nextTurn();
    const state = histories.stateOf(event);
    if (event.type === 'erase') {
      forgetHistory(state);
      continue;
    }
    const stamp = stampCohort(event, { state, app: histories.appOf(event) });
    if (stamp.late) late += 1;
    if (stamp.cohort === state.stampedCohort) continue;
    state.stampedCohort = stamp.cohort;
    lines.push(stampLine(event.app, event.annotator_id, stamp.cohort, place));
  }
  return { lines, late };
}

function stampLine(app: string, annotatorId: string, cohort: string, place: number): string {
  return `{"app":${JSON.stringify(app)},"annotator_id":${JSON.stringify(annotatorId)},"cohort":"${cohort}","place":${String(place)}}`;
}
