import { expect, test } from 'vitest';

import { eventsTopic } from '../../../services/engines/event-log/topics.ts';
import { createIngestFixture, exampleEvent } from '../../support/ingest-fixture.ts';

/** Texts that look like the place where one record ends and the next begins. */
const seams = [
  '},{"annotator_id":"',
  '{"annotator_id":"',
  '},{',
  '{',
  '"',
  '\\',
  '\\"},{"annotator_id":"',
  ']}',
  '',
  '{\u0000"annotator_id":"',
  '你好},{',
];

test('records that are written with one call are cut apart where they meet, whatever their texts hold', async () => {
  const fixture = await createIngestFixture();
  const events = seams.flatMap((seam, n) => [
    { ...exampleEvent('turn', 3 * n), content: seam, character_id: `c${seam}` },
    {
      ...exampleEvent('metric', 3 * n + 1),
      name: `m${seam}`,
      properties: { [seam]: seam },
      [`x${seam}`]: seam,
    },
    { ...exampleEvent('choose', 3 * n + 2), over: [`o${seam}`, seam + 'o'] },
  ]);
  const { body } = await fixture.post({ events });
  expect(body).toMatchObject({ accepted: events.length, rejected: [] });
  const alone = await createIngestFixture();
  for (const [index, event] of events.entries()) await alone.post({ events: [event], index });

  const own = ({ receipt: _receipt, request_index: _index, ...rest }: Record<string, unknown>) => rest;
  expect(fixture.records().map(({ request_index: index }) => index)).toEqual([...events.keys()]);
  expect(fixture.records().map(own)).toEqual(alone.records().map(own));
  for (const { key, value } of fixture.eventLog.records(eventsTopic)) {
    const { app, annotator_id: annotator } = JSON.parse(value) as { app: string; annotator_id: string };
    expect(key).toBe(`${app}/${annotator}`);
  }
});
