import { createHash } from 'node:crypto';

import type { WireEvent } from '../../schemas/wire-event.ts';

const dayMs = 86_400_000;
/** The fixture receives everything on this day. */
const receivedMs = Date.UTC(2026, 0, 1);

/** Numbers in [0, 1) that look random and depend on the text alone. */
export const unit = (text: string) => createHash('md5').update(text).digest().readUInt32BE(0) / 2 ** 32;

export interface Story {
  readonly annotators: number;
  readonly sessions: number;
  /** Metrics that follow a session. */
  readonly metrics?: (session: number) => readonly string[];
  readonly ended?: boolean;
  readonly lastDay?: number;
  readonly everyDays?: number;
  /** Instead of a random active time. */
  readonly activeMs?: (turns: number) => number;
  /** Instead of the value that grows with active time. */
  readonly value?: (usual: number, annotator: number, session: number) => number;
  readonly model?: string;
}

/** Sessions of one to four turns; the metric grows with active time and shrinks with regenerations. */
export function story(
  app: string,
  {
    annotators,
    sessions,
    metrics,
    ended = true,
    lastDay = 2,
    everyDays = 0.7,
    activeMs,
    value,
    model,
  }: Story,
): WireEvent[] {
  const events: WireEvent[] = [];
  for (let g = 0; g < annotators; g += 1)
    for (let s = 0; s < sessions; s += 1) {
      const key = `${app} ${g} ${s}`;
      const startMs = receivedMs - lastDay * dayMs - s * everyDays * dayMs;
      const common = (seconds: number) => ({
        annotator_id: `ann${g}`,
        session_id: key,
        event_id: uuid(`${key} ${events.length}`),
        occurred_at: new Date(startMs + seconds * 1000).toISOString(),
      });
      const turns = 1 + Math.floor(4 * unit(`${key} turns`));
      let regenerated = 0;
      for (let t = 0; t < turns; t += 1) {
        const [asked, replied] = [`${key} u${t}`, `${key} a${t}`];
        const before = t === 0 ? null : `${key} a${t - 1}`;
        const said = { type: 'turn', content: 'x' } as const;
        events.push({ ...common(2 * t), ...said, turn_id: asked, parent_turn_id: before, role: 'user' });
        events.push({
          ...common(2 * t + 1),
          ...said,
          turn_id: replied,
          parent_turn_id: asked,
          role: 'assistant',
          ...(model === undefined ? {} : { model_version: model }),
        });
        if (unit(`${replied} likes`) < 0.3)
          events.push({ ...common(2 * t + 1), type: 'like', turn_id: replied, value: 1 });
        if (unit(`${replied} discards`) < 0.3) {
          events.push({ ...common(2 * t + 1), type: 'regenerate', turn_id: replied });
          regenerated += 1;
        }
      }
      const active = activeMs?.(turns) ?? 30_000 + Math.round(600_000 * unit(`${key} active`));
      events.push({
        ...common(60),
        type: 'session_duration',
        total_ms: active,
        active_ms: active,
        ended,
      });
      const usual = g + Math.log(active) - regenerated / turns + unit(`${key} noise`);
      for (const name of metrics?.(s) ?? ['rating'])
        events.push({ ...common(90), type: 'metric', name, value: value?.(usual, g, s) ?? usual });
    }
  return events;
}

function uuid(text: string): string {
  const digits = createHash('md5').update(text).digest('hex');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}`;
}
