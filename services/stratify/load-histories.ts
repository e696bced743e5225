import {
  annotatorDayFromRow,
  daysOfAnnotators,
  daysOfApp,
  openDaysOfAnnotators,
  type AnnotatorDayRow,
  type OpenDayRow,
} from '../../pipelines/cohorts/queries.ts';
import type { AnnotatorDay } from '../../pipelines/cohorts/history.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';
import { emptyAnnotatorState, type AnnotatorState } from './annotator-state.ts';

/** Reads histories from the warehouse's views; each call costs a pass over many of the app's events. */
export interface HistoryLoader {
  /** What all annotators of an app did on each of its days, before the cut. */
  appDays(app: string, cut: readonly number[]): Promise<AnnotatorDay[]>;
  /** States of annotators, given with their partitions, before the cut. */
  states(
    app: string,
    partitions: ReadonlyMap<string, number>,
    cut: readonly number[],
  ): Promise<Map<string, AnnotatorState>>;
}

const annotatorsPerQuery = 10_000;

export function createHistoryLoader(query: Warehouse['query']): HistoryLoader {
  async function loadStates(
    app: string,
    partitions: ReadonlyMap<string, number>,
    cut: readonly number[],
  ): Promise<Map<string, AnnotatorState>> {
    const states = new Map<string, AnnotatorState>();
    for (const [annotator, partition] of partitions) states.set(annotator, emptyAnnotatorState(partition));
    const parameters = { app, cut, annotators: [...states.keys()] };
    const days = await query<AnnotatorDayRow>({ sql: daysOfAnnotators, parameters });
    for (const row of days) states.get(row.annotator_id)?.closedDays.push(annotatorDayFromRow(row));
    const open: { annotator: string; day: number }[] = [];
    for (const [annotator, state] of states) {
      state.closedDays.sort((left, right) => left.day - right.day);
      state.openDay = state.closedDays.pop();
      if (state.openDay) open.push({ annotator, day: state.openDay.day });
    }
    if (open.length === 0) return states;
    const identities = await query<OpenDayRow>({
      sql: openDaysOfAnnotators,
      parameters: {
        ...parameters,
        annotators: open.map((each) => each.annotator),
        days: open.map((each) => each.day),
      },
    });
    for (const row of identities) addIdentities(states.get(row.annotator_id), row);
    return states;
  }

  return {
    async appDays(app, cut) {
      const rows = await query<Omit<AnnotatorDayRow, 'annotator_id'>>({
        sql: daysOfApp,
        parameters: { app, cut },
      });
      return rows.map(annotatorDayFromRow);
    },
    async states(app, partitions, cut) {
      const all = [...partitions];
      const states = new Map<string, AnnotatorState>();
      for (let from = 0; from < all.length; from += annotatorsPerQuery) {
        const some = new Map(all.slice(from, from + annotatorsPerQuery));
        for (const [annotator, state] of await loadStates(app, some, cut)) states.set(annotator, state);
      }
      return states;
    },
  };
}

function addIdentities(state: AnnotatorState | undefined, row: OpenDayRow): void {
  if (!state) return;
  for (const id of row.session_ids) state.counted.sessions.add(id);
  for (const id of row.user_turn_ids) state.counted.userTurns.add(id);
  for (const id of row.reply_ids) state.counted.replies.add(id);
  for (const id of row.regenerated_ids) state.counted.regenerations.add(id);
  for (const id of row.reacted_ids) state.counted.reactions.add(id);
}
