import { randomUUID } from 'node:crypto';

import { instantFromRfc3339 } from '../../schemas/rfc3339.ts';
import type { WireEvent } from '../../schemas/wire-event.ts';
import type { Cut } from '../../services/jobs/cut.ts';
import { recordFromEvent } from '../../services/ingest/record-from-event.ts';
import { openWarehouseFixture } from './warehouse-fixture.ts';
import type { WarehouseFixture } from './warehouse-fixture.ts';

export interface EventStore extends WarehouseFixture {
  /** Stores wire events as if ingest and stratify had taken them, in this order. Names stay as they are. */
  store(app: string, events: readonly WireEvent[]): Promise<void>;
  /** Everything stored so far. */
  cut(): Cut;
}

/** A migrated warehouse with a way to put wire events into it without the services. */
export async function openEventStore(): Promise<EventStore> {
  const fixture = await openWarehouseFixture();
  const receivedMs = Date.UTC(2026, 0, 1);
  let place = 0;
  return {
    ...fixture,
    async store(app, events) {
      const delivery = { app, keyId: 'key', receivedMs, sentMs: undefined, pseudonymOf: (id: string) => id };
      const receipt = randomUUID();
      const lines = events.map((event, index) => {
        const occurred = instantFromRfc3339(event.occurred_at);
        if (!occurred) throw new RangeError('occurred_at');
        const own = recordFromEvent(event, occurred, index, delivery);
        const record = { app, received_ms: receivedMs, receipt, ...own, partition: 0, place };
        place += 1;
        return JSON.stringify(record);
      });
      if (lines.length > 0) await fixture.warehouse.insert('events', lines.join('\n'), lines.length);
    },
    cut: () => ({ places: [place], clockMs: receivedMs, logId: 'log', generation: 0 }),
  };
}
