import { randomUUID } from 'node:crypto';

/** A short session as an app would send it: a user turn, two replies, a regeneration, a like, an answer, the end. */
export function sessionEvents(annotator: string, session: string = randomUUID()) {
  let seq = 0;
  const every = () => ({
    event_id: randomUUID(),
    annotator_id: annotator,
    session_id: session,
    occurred_at: new Date(Date.UTC(2025, 5, 2, 10, 0, seq)).toISOString(),
    seq: seq++,
  });
  const turn = (id: string, parent: string | null, role: string) => ({
    type: 'turn',
    ...every(),
    turn_id: `${session}-${id}`,
    parent_turn_id: parent === null ? null : `${session}-${parent}`,
    role,
    content: `${role} ${id}`,
  });
  return [
    turn('u', null, 'user'),
    turn('a', 'u', 'assistant'),
    { type: 'regenerate', ...every(), turn_id: `${session}-a` },
    turn('b', 'u', 'assistant'),
    { type: 'like', ...every(), turn_id: `${session}-b`, value: 1 },
    turn('v', 'b', 'user'),
    { type: 'session_duration', ...every(), total_ms: 60_000, active_ms: 40_000, ended: true },
  ];
}

export interface Posted {
  readonly status: number;
  readonly body: { accepted: number; rejected: unknown[]; receipt: string };
}

export async function postEvents(address: string, key: string, events: readonly object[]): Promise<Posted> {
  const answer = await fetch(new URL('/v1/events', address), {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ events }),
  });
  return { status: answer.status, body: (await answer.json()) as Posted['body'] };
}

export async function untilQueryable(
  address: string,
  key: string,
  receipt: string,
): Promise<{ duplicates: number }> {
  for (;;) {
    const answer = await fetch(new URL(`/v1/receipts/${receipt}`, address), {
      headers: { authorization: `Bearer ${key}` },
    });
    const body = (await answer.json()) as { queryable: boolean; duplicates: number };
    if (body.queryable) return body;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
