import type { World } from '../../../pipelines/worlds/create-world.ts';
import { lineBatches, type LineBatch } from './event-lines.ts';

/** Worlds begin on this Monday, so that all of their time has passed. */
export const worldStartMs = Date.UTC(2025, 0, 6);

/**
 * The world's events in requests. Those of devices whose clock is right share requests that tell no clock; the others
 * keep their own, with a clock that is off by as much as when the world's people used it.
 * @param known ids of events that are there already: they are left out
 */
export async function* worldBatches(world: World, known: ReadonlySet<string>): AsyncGenerator<LineBatch> {
  const skewed: LineBatch[] = [];
  function* rightClocks(): Generator<string> {
    for (const { events, clockOffsetMs } of world.requests()) {
      const lines = events
        .filter((event) => !known.has(event.event_id))
        .map((event) => JSON.stringify(event));
      if (clockOffsetMs === 0) yield* lines;
      else if (lines.length > 0)
        skewed.push({ lines, clockOffsetMs, sizeBytes: Buffer.byteLength(lines.join('\n')) });
    }
  }
  for await (const batch of lineBatches(rightClocks())) {
    yield batch;
    yield* skewed.splice(0);
  }
  yield* skewed.splice(0);
}
