import type { WireEvent } from '../../../schemas/wire-event.ts';
import type { WorldRequest } from '../../../pipelines/worlds/session-requests.ts';

/** A session as an outsider sees it in the events, by the contract's definitions and nothing of the simulator. */
export interface SeenSession {
  annotatorId: string;
  startMs: number;
  endMs: number;
  offsetMinutes: number | undefined;
  signals: [number, number, number, number, number] | undefined;
  totalSeconds: number;
  replies: number;
  userTurns: number;
  reactions: number;
  regenerations: number;
  versions: Set<string>;
  metric: { value: number; atMs: number } | undefined;
}

export function sessionsSeen(requests: Iterable<WorldRequest>): SeenSession[] {
  const bySession = new Map<string, Map<string, { event: WireEvent; atMs: number }>>();
  for (const { events, clockOffsetMs } of requests) {
    for (const event of events) {
      if (event.session_id === undefined) continue;
      const atMs = Date.parse(event.occurred_at) - clockOffsetMs;
      const session =
        bySession.get(event.session_id) ?? new Map<string, { event: WireEvent; atMs: number }>();
      bySession.set(event.session_id, session);
      session.set(event.event_id, { event, atMs });
    }
  }
  return [...bySession.values()].map((events) => sessionSeen([...events.values()]));
}

function sessionSeen(events: { event: WireEvent; atMs: number }[]): SeenSession {
  events.sort((a, b) => a.atMs - b.atMs || (a.event.seq ?? 0) - (b.event.seq ?? 0));
  const seen: SeenSession = {
    annotatorId: events[0]?.event.annotator_id ?? '',
    startMs: events[0]?.atMs ?? 0,
    endMs: 0,
    offsetMinutes: events[0]?.event.utc_offset_minutes,
    signals: undefined,
    totalSeconds: 0,
    replies: 0,
    userTurns: 0,
    reactions: 0,
    regenerations: 0,
    versions: new Set(),
    metric: undefined,
  };
  let activeSeconds: number | undefined;
  const likes = new Map<string, number>();
  for (const { event, atMs } of events) {
    if (event.type === 'turn' || event.type === 'regenerate' || event.type === 'session_duration') {
      seen.endMs = Math.max(seen.endMs, atMs);
    }
    if (event.type === 'turn') {
      if (event.role === 'assistant') seen.replies += 1;
      if (event.role === 'user') seen.userTurns += 1;
      if (event.model_version !== undefined) seen.versions.add(event.model_version);
    } else if (event.type === 'regenerate') seen.regenerations += 1;
    else if (event.type === 'like') likes.set(event.turn_id, event.value);
    else if (event.type === 'session_duration') {
      activeSeconds = Math.max(activeSeconds ?? 0, event.active_ms / 1000);
      seen.totalSeconds = Math.max(seen.totalSeconds, event.total_ms / 1000);
    } else if (event.type === 'metric') seen.metric = { value: event.value, atMs };
  }
  seen.reactions = [...likes.values()].filter((value) => value !== 0).length;
  if (activeSeconds !== undefined && seen.replies > 0) {
    const share = (value: number) =>
      [...likes.values()].filter((last) => last === value).length / seen.replies;
    seen.signals = [
      Math.log(1 + activeSeconds),
      Math.log(1 + seen.userTurns),
      seen.regenerations / seen.replies,
      share(1),
      share(-1),
    ];
  }
  return seen;
}
