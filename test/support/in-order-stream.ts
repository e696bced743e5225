import type { EventRecord } from '../../schemas/event-record.ts';
import { createRandom } from '../../pipelines/maths/random.ts';

export interface StreamOptions {
  readonly annotators: number;
  readonly days: number;
  readonly sessionsPerDay?: number;
  readonly app?: string;
  readonly seed?: string;
  readonly startMs?: number;
}

const dayMs = 86_400_000;
const words = 'the keeper looked at the sea and told a long story about ships and storms '.repeat(4);

/** Telemetry of annotators who differ in how often they come and how they react, in order of time. */
export function* inOrderStream(options: StreamOptions): Generator<EventRecord> {
  const { annotators, days, sessionsPerDay = 2, app = 'default', seed = 'stream' } = options;
  const startMs = options.startMs ?? Date.UTC(2026, 0, 1);
  const random = createRandom(seed);
  const unit = () => random.unit();
  const below = (limit: number) => Math.floor(unit() * limit);
  const hex = (digits: number) => Array.from({ length: digits }, () => below(16).toString(16)).join('');
  const uuid = () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;

  for (let day = 0; day < days; day += 1) {
    const today: EventRecord[] = [];
    for (let annotator = 0; annotator < annotators; annotator += 1) {
      const comes = 0.05 + (0.9 * ((annotator * 37) % 11)) / 11;
      if (unit() >= comes) continue;
      for (let session = 0; session < sessionsPerDay; session += 1) {
        today.push(...oneSession(annotator, startMs + day * dayMs + below(dayMs - 3_600_000)));
      }
    }
    today.sort((left, right) => left.occurred_ms - right.occurred_ms);
    yield* today;
  }

  function oneSession(annotator: number, beganMs: number): EventRecord[] {
    const events: EventRecord[] = [];
    const sessionId = uuid();
    const receipt = uuid();
    let nowMs = beganMs;
    const say = (fields: Pick<EventRecord, 'type'> & Partial<EventRecord>) => {
      nowMs += 1_000 + below(20_000);
      events.push({
        app,
        annotator_id: `annotator-${String(annotator)}`,
        event_id: uuid(),
        session_id: sessionId,
        conversation_id: sessionId,
        occurred_ms: nowMs,
        sent_ms: nowMs + 200,
        received_ms: nowMs + 300,
        receipt,
        request_index: events.length,
        ...fields,
      });
    };
    let parent: string | undefined;
    for (let turn = 0; turn <= below(2 + 4 * (annotator % 3)); turn += 1) {
      const userTurn = hex(12);
      const branch = parent === undefined ? {} : { parent_turn_id: parent };
      say({
        type: 'turn',
        role: 'user',
        turn_id: userTurn,
        content: words.slice(0, 40 + below(60)),
        ...branch,
      });
      parent = hex(12);
      const answer = {
        role: 'assistant',
        parent_turn_id: userTurn,
        model_version: 'm1',
        content: words.slice(0, 150),
      };
      say({ type: 'turn', turn_id: parent, ...answer });
      while (unit() < 0.1 * (annotator % 4)) {
        say({ type: 'regenerate', turn_id: parent });
        parent = hex(12);
        say({ type: 'turn', turn_id: parent, ...answer });
      }
      if (unit() < 0.2 * (annotator % 5)) say({ type: 'like', turn_id: parent, value: unit() < 0.8 ? 1 : 0 });
    }
    say({
      type: 'session_duration',
      total_ms: nowMs - beganMs,
      active_ms: below(nowMs - beganMs),
      ended: true,
    });
    say({ type: 'metric', name: 'satisfaction', value: unit() });
    return events;
  }
}
