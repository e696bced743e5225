import { createWorld } from '../../pipelines/worlds/create-world.ts';
import type { World } from '../../pipelines/worlds/create-world.ts';
import type { WorldOptions } from '../../pipelines/worlds/world-settings.ts';
import type { WireEvent } from '../../schemas/wire-event.ts';
import type { EventStore } from './event-store.ts';

const eventsABatch = 20_000;

/** Worlds begin on this Monday. */
export const worldStartMs = Date.UTC(2025, 0, 6);

/** Stores a simulated world's events in true time, as a file of them would be replayed. */
export async function storeWorld(
  { store }: Pick<EventStore, 'store'>,
  app: string,
  options: Omit<WorldOptions, 'startMs'>,
  isStored: (event: WireEvent) => boolean = () => true,
): Promise<World> {
  const world = createWorld({ ...options, startMs: worldStartMs });
  const batch: WireEvent[] = [];
  for (const { events, clockOffsetMs } of world.requests()) {
    for (const event of events.filter(isStored)) {
      const trueMs = Date.parse(event.occurred_at) - clockOffsetMs;
      batch.push(clockOffsetMs === 0 ? event : { ...event, occurred_at: new Date(trueMs).toISOString() });
    }
    if (batch.length >= eventsABatch) await store(app, batch.splice(0));
  }
  await store(app, batch);
  return world;
}
