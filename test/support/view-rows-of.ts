import {
  deliver,
  eventRecordsOf,
  viewRows,
  type EventFields,
  type WarehouseFixture,
} from './warehouse-fixture.ts';

let apps = 0;

/** Delivers events to an app of their own, one second apart; gives the rows of its views. */
export async function viewRowsOf(fixture: WarehouseFixture, events: readonly EventFields[]) {
  apps += 1;
  const app = `app-${String(apps)}`;
  await deliver(fixture.warehouse, eventRecordsOf(events, app));
  const rows = (view: string, orderBy: string) => viewRows(fixture.warehouse, view, orderBy, { app });
  return {
    sessions: () => rows('sessions', 'annotator_id, session_id'),
    replies: () => rows('replies', 'annotator_id, reply_id'),
    turns: () => rows('turns', 'annotator_id, turn_id'),
    days: () => rows('annotator_days', 'annotator_id, day'),
    repeats: () => rows('repeats', 'place'),
    annotators: () => rows('annotators', 'annotator_id'),
    clock: async () => (await rows('app_clock', 'clock_ms'))[0]?.['clock_ms'],
  };
}
