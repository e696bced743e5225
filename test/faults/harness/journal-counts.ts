import type { EventRecord } from '../../../schemas/event-record.ts';
import type { Warehouse } from '../../../services/engines/warehouse/warehouse.ts';
import type { Delivered } from './read-log.ts';

interface SessionCounts {
  events: number;
  user_turns: number;
  replies: number;
  regenerations: number;
  likes: number;
  dislikes: number;
  total_ms: number;
  active_ms: number;
}

const refers = new Set(['metric', 'quality', 'annotator', 'retract']);

/** Counts of every session, from the events that count, in plain TypeScript: a second opinion beside the views. */
export function sessionCounts(first: ReadonlyMap<string, Delivered>): Map<string, SessionCounts> {
  const records = [...first.values()].map(({ record }) => record).sort(inOrder);
  const likes = new Map<string, number>();
  const regenerated = new Set<string>();
  for (const { type, turn_id = '', value = 0 } of records) {
    if (type === 'like') likes.set(turn_id, value);
    if (type === 'regenerate') regenerated.add(turn_id);
  }
  const sessions = new Map<string, SessionCounts>();
  for (const record of records) {
    const { type, session_id = '', role, turn_id = '' } = record;
    if (refers.has(type)) continue;
    let counts = sessions.get(session_id);
    if (!counts) sessions.set(session_id, (counts = emptyCounts()));
    counts.events += 1;
    counts.total_ms = Math.max(counts.total_ms, record.total_ms ?? 0);
    counts.active_ms = Math.max(counts.active_ms, record.active_ms ?? 0);
    if (type !== 'turn') continue;
    if (role === 'user') counts.user_turns += 1;
    else {
      counts.replies += 1;
      if (regenerated.has(turn_id)) counts.regenerations += 1;
      if (likes.get(turn_id) === 1) counts.likes += 1;
      if (likes.get(turn_id) === -1) counts.dislikes += 1;
    }
  }
  return sessions;
}

/** Sessions whose row in the view `sessions` says something else. */
export async function differingSessions(
  app: string,
  warehouse: Warehouse,
  counted: ReadonlyMap<string, SessionCounts>,
): Promise<string[]> {
  const columns = Object.keys(emptyCounts());
  const rows = await warehouse.query<SessionCounts & { session_id: string }>({
    sql: `SELECT session_id, ${columns.join(', ')} FROM sessions(app = {app:String}, cut = {cut:Array(UInt64)})`,
    parameters: { app, cut: Array.from({ length: 16 }, () => Number.MAX_SAFE_INTEGER) },
  });
  const differing = rows
    .filter(({ session_id, ...row }) => JSON.stringify(row) !== JSON.stringify(counted.get(session_id)))
    .map(({ session_id }) => session_id);
  return rows.length === counted.size ? differing : [...differing, `${String(rows.length)} sessions`];
}

function inOrder(left: EventRecord, right: EventRecord): number {
  return left.occurred_ms - right.occurred_ms || (left.seq ?? 0) - (right.seq ?? 0);
}

function emptyCounts(): SessionCounts {
  return {
    events: 0,
    user_turns: 0,
    replies: 0,
    regenerations: 0,
    likes: 0,
    dislikes: 0,
    total_ms: 0,
    active_ms: 0,
  };
}
