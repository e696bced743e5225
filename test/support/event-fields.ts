import type { EventFields } from './warehouse-fixture.ts';

/** Short spellings of events for tests of the views. */
export const user = (turn_id: string, more: Partial<EventFields> = {}): EventFields => ({
  type: 'turn',
  role: 'user',
  turn_id,
  ...more,
});
export const reply = (
  turn_id: string,
  parent_turn_id: string,
  more: Partial<EventFields> = {},
): EventFields => ({
  type: 'turn',
  role: 'assistant',
  turn_id,
  parent_turn_id,
  ...more,
});
export const like = (turn_id: string, value: number, more: Partial<EventFields> = {}): EventFields => ({
  type: 'like',
  turn_id,
  value,
  ...more,
});
export const regenerate = (turn_id: string, more: Partial<EventFields> = {}): EventFields => ({
  type: 'regenerate',
  turn_id,
  ...more,
});
export const duration = (
  total_ms: number,
  active_ms: number,
  ended: boolean,
  more: Partial<EventFields> = {},
): EventFields => ({
  type: 'session_duration',
  total_ms,
  active_ms,
  ended,
  ...more,
});
