import { afterAll, beforeAll, expect, test } from 'vitest';

import type { WorldOptions } from '../../../pipelines/worlds/world-settings.ts';
import { build } from '../../../services/jobs/build/build.ts';
import { openEventStore } from '../../support/event-store.ts';
import type { EventStore } from '../../support/event-store.ts';
import { storeWorld } from '../../support/world-store.ts';

let store: EventStore;
beforeAll(async () => {
  store = await openEventStore();
});
afterAll(() => store.close());

const world = { world: 'confounded', annotators: 40, days: 14, seed: '1' } as const;

async function stored(app: string, effects: WorldOptions['effects']) {
  await storeWorld(store, app, { ...world, ...(effects ? { effects } : {}) });
  return (plan?: object) =>
    build({
      ...{
        warehouse: store.warehouse,
        app,
        cut: store.cut(),
        clock: () => 0,
        seed: '1',
        codeVersion: 'test',
      },
      plan,
    });
}

test('says that better replies go with a better outcome, and what each signal is worth', async () => {
  const buildNow = await stored('helps', undefined);
  const { anchor, pairs } = await buildNow();
  expect(anchor).toMatchObject({ outcome: 'satisfaction', anchor: { status: 'anchored' } });
  expect(anchor?.signals.map(({ signal }) => signal)).toContain('like');
  expect(pairs).toBeGreaterThan(0);
}, 180_000);

test('stops where better replies go with a worse outcome, unless the plan only wants it told', async () => {
  const buildNow = await stored('harms', { main: { like: -0.8, dislike: 0.8, regenerate: 0.8 } });
  await expect(buildNow()).rejects.toMatchObject({ code: 'anchor_negative' });
  const { anchor, pairs, notes } = await buildNow({ anchor: 'report' });
  expect(anchor?.anchor.status).toBe('negative');
  expect(notes.join('\n')).toContain('go with a worse outcome');
  expect(pairs).toBeGreaterThan(0);
}, 180_000);
