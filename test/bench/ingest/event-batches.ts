/**
 * Bodies of `POST /v1/events` for load tests: built once, then only the digits of the event ids change, so that the
 * generator costs little beside the server that it measures.
 */
export interface EventBatches {
  /** The next body; valid until the buffer's turn comes round again, one per connection. */
  next(connection: number): Buffer;
  readonly eventsPerBatch: number;
  readonly bytesPerBatch: number;
}

const idDigits = 12;
const marker = 'x'.repeat(idDigits);

/**
 * @param run two hex digits that keep the ids of one run apart from another's
 */
export function createEventBatches(options: {
  connections: number;
  eventsPerBatch: number;
  annotators: number;
  run: string;
  nowMs: number;
}): EventBatches {
  const { connections, eventsPerBatch, annotators, run, nowMs } = options;
  const templates = Array.from({ length: connections }, (_, connection) => {
    const events = Array.from({ length: eventsPerBatch }, (_, index) =>
      eventText((connection * eventsPerBatch + index) % annotators, index, run, nowMs),
    );
    const body = Buffer.from(`{"sent_at":"${new Date(nowMs).toISOString()}","events":[${events.join(',')}]}`);
    return { body, positions: positionsOf(marker, body) };
  });
  let counter = 0;
  return {
    eventsPerBatch,
    bytesPerBatch: templates[0]?.body.length ?? 0,
    next(connection) {
      const template = templates[connection];
      if (!template) throw new RangeError(`no connection ${String(connection)}`);
      for (const position of template.positions) {
        template.body.write((counter++).toString(16).padStart(idDigits, '0'), position, 'latin1');
      }
      return template.body;
    },
  };
}

function eventText(annotator: number, index: number, run: string, nowMs: number): string {
  const session = `session-${String(annotator)}-${run}`;
  const every =
    `"event_id":"0192f0c0-${run}00-7000-8000-${marker}","annotator_id":"annotator-${String(annotator)}",` +
    `"session_id":"${session}","occurred_at":"${new Date(nowMs - 60_000 + index * 500).toISOString()}"`;
  const turn = `${session}-${String(index)}`;
  if (index % 10 === 8) return `{"type":"like",${every},"turn_id":"${turn}","value":1}`;
  if (index % 10 === 9) {
    return `{"type":"session_duration",${every},"total_ms":${String(index * 1000)},"active_ms":${String(index * 600)},"ended":false}`;
  }
  const role = index % 2 === 0 ? 'user' : 'assistant';
  const content =
    'The lantern swings once, and the harbour answers with a bell that nobody has rung in years.';
  return (
    `{"type":"turn",${every},"turn_id":"${turn}","parent_turn_id":${index === 0 ? 'null' : `"${session}-${String(index - 1)}"`},` +
    `"role":"${role}","content":"${content}","character_id":"harbour-keeper"}`
  );
}

function positionsOf(text: string, body: Buffer): number[] {
  const positions: number[] = [];
  for (let at = body.indexOf(text); at !== -1; at = body.indexOf(text, at + text.length)) positions.push(at);
  return positions;
}
