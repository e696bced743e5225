import { drawBernoulli, drawExponential, drawIndex, drawLogNormal, drawUniform } from '../maths/draws.ts';
import { createRandom } from '../maths/random.ts';
import { eventsOfSession } from './session-events.ts';
import { dayMs, hourMs, minuteMs } from './world-settings.ts';
import type { WireEvent } from '../../schemas/wire-event.ts';
import type { Random } from '../maths/random.ts';
import type { SessionPlan } from './session-plan.ts';
import type { TimedEvent } from './session-events.ts';
import type { WorldSettings, WorldShares } from './world-settings.ts';

/** What one device sends at once: events of one session, or one annotator's consent. */
export interface WorldRequest {
  /** When it is sent, in true time. */
  sentAtMs: number;
  /** Device clock minus true time; the events' own times are by the device clock. */
  clockOffsetMs: number;
  events: WireEvent[];
  /** How many of its events had been put into a request before: deliveries that must not count. */
  repeats: number;
}

const flushMs = 3 * minuteMs;
const flushEvents = 25;
const feedback = new Set(['like', 'regenerate', 'edit', 'choose']);

/** The requests that carry a session: flushed every few minutes, some delayed, repeated or held back offline. */
export function requestsOfSession(
  settings: WorldSettings,
  plan: SessionPlan,
  outcome: number | undefined,
): WorldRequest[] {
  const { shares } = settings;
  const random = createRandom(`${plan.key}/delivery`);
  const clockOffsetMs = drawClockOffset(shares, random);
  const timed = eventsOfSession(plan, { name: settings.outcome, value: outcome }, clockOffsetMs);
  const held = timed.filter(
    ({ event }) => feedback.has(event.type) && drawBernoulli(random, shares.lateFeedback),
  );
  const batches = batchesOf(timed.filter((one) => !held.includes(one))).map(({ dueMs, events }) => {
    const delayed = drawBernoulli(random, shares.delayedRequests);
    return { sentAtMs: dueMs + (delayed ? Math.round(drawExponential(random, 4 * minuteMs)) : 0), events };
  });
  for (const { atMs, event } of held) {
    batches.push({ sentAtMs: atMs + Math.round(drawUniform(random, hourMs, 2 * dayMs)), events: [event] });
  }
  goOffline(batches, plan, shares, random);
  const requests: WorldRequest[] = [];
  for (const { sentAtMs, events } of batches) {
    const twice = events.filter(() => drawBernoulli(random, shares.repeatedEvents));
    requests.push({ sentAtMs, clockOffsetMs, events: [...events, ...twice], repeats: twice.length });
    if (!drawBernoulli(random, shares.repeatedRequests)) continue;
    const againMs = sentAtMs + Math.round(drawUniform(random, 2_000, 90_000));
    requests.push({ sentAtMs: againMs, clockOffsetMs, events, repeats: events.length });
  }
  return requests;
}

interface Batch {
  sentAtMs: number;
  events: WireEvent[];
}

function batchesOf(timed: readonly TimedEvent[]): { dueMs: number; events: WireEvent[] }[] {
  const batches: { openedMs: number; dueMs: number; events: WireEvent[] }[] = [];
  for (const { atMs, event } of timed) {
    const open = batches.at(-1);
    if (open === undefined || atMs - open.openedMs > flushMs || open.events.length >= flushEvents) {
      batches.push({ openedMs: atMs, dueMs: atMs + 250, events: [event] });
    } else {
      open.events.push(event);
      open.dueMs = atMs + 250;
    }
  }
  return batches;
}

/** From some point on the session is stored on the device and sent hours later. */
function goOffline(batches: Batch[], plan: SessionPlan, shares: WorldShares, random: Random): void {
  if (!drawBernoulli(random, shares.offlineSessions)) return;
  const fromMs = batches[drawIndex(random, batches.length)]?.sentAtMs ?? plan.startMs;
  const backMs = plan.endMs + Math.round(drawUniform(random, hourMs, 2 * dayMs));
  for (const batch of batches)
    if (batch.sentAtMs >= fromMs) batch.sentAtMs = Math.max(batch.sentAtMs, backMs);
}

/** Zero, or for a few sessions ten minutes to three days ahead or behind. */
function drawClockOffset(shares: WorldShares, random: Random): number {
  if (!drawBernoulli(random, shares.wrongClockSessions)) return 0;
  const size = Math.min(3 * dayMs, 10 * minuteMs + drawLogNormal(random, 3 * hourMs, 1));
  return Math.round(size) * (drawBernoulli(random, 0.5) ? 1 : -1);
}
