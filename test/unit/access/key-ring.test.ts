import { expect, test } from 'vitest';

import { apiKeyFromText, textFromApiKey } from '../../../services/access/api-key-text.ts';
import { createKeyRing } from '../../../services/access/key-ring.ts';
import { registryTopic } from '../../../services/engines/event-log/topics.ts';
import { createCountedRandom, nowMs } from '../../support/ingest-fixture.ts';
import { createMemoryEventLog, type MemoryEventLog } from '../../support/memory-event-log.ts';

const random = createCountedRandom();
const ringOn = (eventLog: MemoryEventLog) => createKeyRing({ eventLog, clock: () => nowMs, random });

test('a key works in the process that made it and in every other one', async () => {
  const eventLog = createMemoryEventLog();
  const [here, there] = [await ringOn(eventLog), await ringOn(eventLog)];
  const { key, record } = await here.create('demo', 'write');
  expect(record).toMatchObject({ app: 'demo', scope: 'write', created_ms: nowMs });
  for (const ring of [here, there, await ringOn(eventLog)]) expect(ring.authenticate(key)).toEqual(record);
});

test('a revoked key is refused at once, everywhere, for good', async () => {
  const eventLog = createMemoryEventLog();
  const [here, there] = [await ringOn(eventLog), await ringOn(eventLog)];
  const { key, record } = await here.create('demo', 'read');
  const created = eventLog.records(registryTopic)[0];
  for (const ring of [here, there]) expect(ring.authenticate(key)).toEqual(record);
  await here.revoke(record.id);
  if (created) await eventLog.append(registryTopic, [created]);
  for (const ring of [here, there, await ringOn(eventLog)]) expect(ring.authenticate(key)).toBeUndefined();
  expect(there.list()).toEqual([{ ...record, revoked_ms: nowMs }]);
});

test('the log never holds a secret', async () => {
  const eventLog = createMemoryEventLog();
  const { key } = await (await ringOn(eventLog)).create('demo', 'write');
  const secret = apiKeyFromText(key)?.secret ?? '';
  expect(secret).toHaveLength(43);
  expect(JSON.stringify(eventLog.records(registryTopic))).not.toContain(secret);
});

test('a key that differs in one character of its secret, or has no known id, is none', async () => {
  const ring = await ringOn(createMemoryEventLog());
  const { key, record } = await ring.create('demo', 'write');
  // One that was found right before makes none of the others so.
  expect(ring.authenticate(key)).toEqual(record);
  const last = key.endsWith('A') ? 'B' : 'A';
  const other = textFromApiKey({ id: '0'.repeat(16), secret: key.slice(-43) });
  for (const wrong of [key.slice(0, -1) + last, other, '', 'tk_', `${key}x`, key.toUpperCase()]) {
    expect(ring.authenticate(wrong)).toBeUndefined();
  }
});

test('lists one app or all, oldest first', async () => {
  const ring = await ringOn(createMemoryEventLog());
  const first = await ring.create('a', 'write');
  const second = await ring.create('b', 'read');
  expect(ring.list('b')).toEqual([second.record]);
  expect(new Set(ring.list())).toEqual(new Set([first.record, second.record]));
});

test('revoking an unknown key says so', async () => {
  const ring = await ringOn(createMemoryEventLog());
  await expect(ring.revoke('nobody')).rejects.toMatchObject({ code: 'not_found' });
});

test('records that it cannot read do not stop it', async () => {
  const eventLog = createMemoryEventLog();
  const bad = (value: string) => ({ key: 'api-key/x', type: 'api_key', version: 1, value });
  await eventLog.append(registryTopic, [bad('{'), bad('{}'), bad('{"id":"x","secret_sha256":"00"}')]);
  expect((await ringOn(eventLog)).list()).toEqual([]);
});
