import {
  annotatorDayFromRow,
  daysOfAnnotators,
  daysOfApp,
  openDaysOfAnnotators,
  type AnnotatorDayRow,
  type OpenDayRow,
} from '../../pipelines/cohorts/queries.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';
import { emptyAnnotatorState, type AnnotatorState } from './annotator-state.ts';
import { createAppTotals, type AppTotals } from './app-totals.ts';
import type { StratifiedRecord } from './stratified-record.ts';

export interface AnnotatorHistories {
  /** Fetches from the warehouse whatever is not in memory of the annotators and apps of these events. */
  load(events: readonly StratifiedRecord[], partition: number): Promise<void>;
  stateOf(event: StratifiedRecord): AnnotatorState;
  appOf(event: StratifiedRecord): AppTotals;
  /** Another process may now take in the partition: what is known of its annotators grows old. */
  forget(partition: number): void;
}

interface KnownApp {
  readonly totals: AppTotals;
  readonly states: Map<string, AnnotatorState>;
  /** All that the warehouse holds of the app came through this memory, and none of it was forgotten. */
  complete: boolean;
}

/**
 * Histories of the annotators met lately, each loaded once from the warehouse's views and then kept up by the stream.
 * @param partitions how many the topic has
 * @param capacity annotators kept for each app; the longest unseen go first
 */
export function createAnnotatorHistories(
  warehouse: Warehouse,
  partitions: number,
  capacity: number,
): AnnotatorHistories {
  const everything = Array.from({ length: partitions }, () => Number.MAX_SAFE_INTEGER);
  const apps = new Map<string, KnownApp>();

  async function loadApp(app: string): Promise<KnownApp> {
    const rows = await warehouse.query<Omit<AnnotatorDayRow, 'annotator_id'>>({
      sql: daysOfApp,
      parameters: { app, cut: everything },
    });
    const totals = createAppTotals(rows.map(annotatorDayFromRow));
    return { totals, states: new Map(), complete: rows.length === 0 };
  }

  async function loadStates(
    app: string,
    annotators: readonly string[],
    partition: number,
  ): Promise<Map<string, AnnotatorState>> {
    const states = new Map(annotators.map((annotator) => [annotator, emptyAnnotatorState(partition)]));
    const parameters = { app, cut: everything, annotators };
    const days = await warehouse.query<AnnotatorDayRow>({ sql: daysOfAnnotators, parameters });
    for (const row of days) states.get(row.annotator_id)?.closedDays.push(annotatorDayFromRow(row));
    const open: { annotator: string; day: number }[] = [];
    for (const [annotator, state] of states) {
      state.closedDays.sort((left, right) => left.day - right.day);
      state.openDay = state.closedDays.pop();
      if (state.openDay) open.push({ annotator, day: state.openDay.day });
    }
    if (open.length === 0) return states;
    const identities = await warehouse.query<OpenDayRow>({
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

  function knownApp(event: StratifiedRecord): KnownApp {
    const known = apps.get(event.app);
    if (!known) throw new RangeError('the app was not loaded');
    return known;
  }

  return {
    async load(events, partition) {
      const wanted = new Map<string, Set<string>>();
      for (const { app, annotator_id: annotator } of events) {
        const annotators = wanted.get(app);
        if (annotators) annotators.add(annotator);
        else wanted.set(app, new Set([annotator]));
      }
      for (const [app, annotators] of wanted) {
        let known = apps.get(app);
        if (!known) apps.set(app, (known = await loadApp(app)));
        touch(known, annotators, capacity);
        const { states, complete } = known;
        const unknown = [...annotators].filter((annotator) => !states.has(annotator));
        if (complete) for (const annotator of unknown) states.set(annotator, emptyAnnotatorState(partition));
        else if (unknown.length > 0) {
          for (const [annotator, state] of await loadStates(app, unknown, partition))
            states.set(annotator, state);
        }
      }
    },
    stateOf(event) {
      const state = knownApp(event).states.get(event.annotator_id);
      if (!state) throw new RangeError('the annotator was not loaded');
      return state;
    },
    appOf: (event) => knownApp(event).totals,
    forget(partition) {
      for (const known of apps.values()) {
        known.complete = false;
        for (const [annotator, state] of known.states) {
          if (state.partition === partition) known.states.delete(annotator);
        }
      }
    },
  };
}

/** Makes the annotators the youngest, then lets go of the oldest above the capacity. */
function touch(known: KnownApp, annotators: ReadonlySet<string>, capacity: number): void {
  const { states } = known;
  for (const annotator of annotators) {
    const state = states.get(annotator);
    if (!state) continue;
    states.delete(annotator);
    states.set(annotator, state);
  }
  for (const oldest of states.keys()) {
    if (states.size <= capacity || annotators.has(oldest)) return;
    states.delete(oldest);
    known.complete = false;
  }
}

function addIdentities(state: AnnotatorState | undefined, row: OpenDayRow): void {
  if (!state) return;
  for (const id of row.session_ids) state.counted.sessions.add(id);
  for (const id of row.user_turn_ids) state.counted.userTurns.add(id);
  for (const id of row.reply_ids) state.counted.replies.add(id);
  for (const id of row.regenerated_ids) state.counted.regenerations.add(id);
  for (const id of row.reacted_ids) state.counted.reactions.add(id);
}
