import { afterAll, beforeAll, expect, test } from 'vitest';

import { receiptFromCounts } from '../../../schemas/receipt.ts';
import { fixCut } from '../../../services/jobs/cut.ts';
import type { Warehouse } from '../../../services/engines/warehouse/warehouse.ts';
import { createReceipts } from '../../../services/jobs/receipts.ts';
import {
  deliver,
  eventId,
  eventRecordsOf,
  noonMs,
  openWarehouseFixture,
  type WarehouseFixture,
} from '../../support/warehouse-fixture.ts';

let fixture: WarehouseFixture;
beforeAll(async () => {
  fixture = await openWarehouseFixture();
});
afterAll(() => fixture.close());

let receipts = 0;
function receiptOf(accepted: number, rejected = 0): string {
  receipts += 1;
  return receiptFromCounts({ accepted, rejected }, noonMs, Uint8Array.of(1, 2, 3, 4, 5, receipts));
}

const turns = (receipt: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    type: 'turn' as const,
    turn_id: `t${String(index)}`,
    receipt,
    request_index: index,
  }));

test('a request is queryable once all its accepted events are there', async () => {
  const lookUp = createReceipts(fixture.warehouse);
  const receipt = receiptOf(3, 2);
  const records = eventRecordsOf(turns(receipt, 3), 'whole');
  expect(await lookUp('whole', receipt)).toEqual({ queryable: false, duplicates: 0, dead_letters: 2 });
  await deliver(fixture.warehouse, records.slice(0, 2));
  expect(await lookUp('whole', receipt)).toMatchObject({ queryable: false });
  await deliver(fixture.warehouse, records.slice(2), { firstPlace: 2 });
  expect(await lookUp('whole', receipt)).toEqual({ queryable: true, duplicates: 0, dead_letters: 2 });
  expect(await lookUp('other', receipt)).toMatchObject({ queryable: false });
});

test('counts what had been delivered before, and only of this request', async () => {
  const lookUp = createReceipts(fixture.warehouse);
  const [first, second] = [receiptOf(3), receiptOf(4)];
  const again = [
    ...turns(second, 3),
    { type: 'turn' as const, receipt: second, request_index: 3, event_id: eventId(9) },
  ];
  await deliver(fixture.warehouse, eventRecordsOf([...turns(first, 3)], 'twice'));
  await deliver(fixture.warehouse, eventRecordsOf(again, 'twice'), { firstPlace: 3 });
  expect(await lookUp('twice', first)).toMatchObject({ queryable: true, duplicates: 0 });
  expect(await lookUp('twice', second)).toMatchObject({ queryable: true, duplicates: 3 });
});

test('an event that came twice in one request is one duplicate, a produce retried by the log is none', async () => {
  const lookUp = createReceipts(fixture.warehouse);
  const receipt = receiptOf(2);
  const [one, two] = eventRecordsOf(turns(receipt, 2), 'inside');
  if (!one || !two) throw new Error('no records');
  await deliver(fixture.warehouse, [one, { ...two, event_id: one.event_id }, one]);
  expect(await lookUp('inside', receipt)).toEqual({ queryable: true, duplicates: 1, dead_letters: 0 });
});

test('an event that the warehouse refused is a dead letter, and the request is queryable', async () => {
  const lookUp = createReceipts(fixture.warehouse);
  const receipt = receiptOf(2, 1);
  const [one] = eventRecordsOf(turns(receipt, 1), 'refused');
  if (!one) throw new Error('no record');
  await deliver(fixture.warehouse, [one]);
  const letter = { app: 'refused', receipt, request_index: 1, reason: 'refused_by_warehouse' };
  const atTheDoor = { app: 'refused', receipt, request_index: 2, reason: 'invalid_field' };
  await fixture.warehouse.insert(
    'dead_letters',
    `${JSON.stringify(letter)}\n${JSON.stringify(atTheDoor)}`,
    2,
  );
  expect(await lookUp('refused', receipt)).toEqual({ queryable: true, duplicates: 0, dead_letters: 2 });
});

test('a request of the most events is answered, with the longest names as they were sent', async () => {
  const lookUp = createReceipts(fixture.warehouse);
  const receipt = receiptOf(5_000);
  const name = (index: number) => `${String(index % 100)}${'名'.repeat(125)}`;
  const given = turns(receipt, 5_000).map((turn, index) => ({ ...turn, annotator_id: name(index) }));
  await deliver(fixture.warehouse, eventRecordsOf(given, 'many'));
  expect(await lookUp('many', receipt)).toEqual({ queryable: true, duplicates: 0, dead_letters: 0 });
});

test('who waits costs a query only after something was written', async () => {
  let queries = 0;
  const query: Warehouse['query'] = (asked) => {
    queries += 1;
    return fixture.warehouse.query(asked);
  };
  const receipt = receiptOf(1);
  const lookUp = createReceipts({ ...fixture.warehouse, query });
  for (let asked = 0; asked < 5; asked += 1) await lookUp('waiting', receipt);
  expect(queries).toBe(1);
  expect(await lookUp('other', receipt)).toMatchObject({ queryable: false });
  expect(queries).toBe(2);
  await deliver(fixture.warehouse, eventRecordsOf(turns(receipt, 1), 'waiting'));
  for (let asked = 0; asked < 5; asked += 1)
    expect(await lookUp('waiting', receipt)).toMatchObject({ queryable: true });
  expect(queries).toBe(4);
  await fixture.warehouse.command({ sql: "DELETE FROM deliveries WHERE app = 'waiting'" });
  expect(await lookUp('waiting', receipt)).toMatchObject({ queryable: false });

  const ofOthers = createReceipts({ ...fixture.warehouse, query, writesTo: () => undefined });
  queries = 0;
  for (let asked = 0; asked < 3; asked += 1) await ofOthers('waiting', receipt);
  expect(queries).toBe(3);
});

test('what is no receipt is never queryable', async () => {
  expect(await createReceipts(fixture.warehouse)('whole', eventId(1))).toMatchObject({ queryable: false });
});

test('a cut holds the first place not included, by partition, and the clock of the app there', async () => {
  const { warehouse } = fixture;
  expect(await fixCut(warehouse, 'clock')).toEqual({ places: [], clockMs: null, logId: '', generation: 0 });
  const progress = [
    { partition: 2, next_offset: 4 },
    { partition: 0, next_offset: 1 },
    { partition: 2, next_offset: 7 },
  ].map((row) => JSON.stringify({ topic: 'tacit.events', log_id: 'log', generation: 1, ...row }));
  await warehouse.insert('progress', progress.join('\n'), progress.length);
  const generation = 2 ** 48;
  await deliver(warehouse, eventRecordsOf([{ type: 'turn' }, { type: 'turn' }], 'clock'), {
    firstPlace: generation,
  });
  expect(await fixCut(warehouse, 'clock')).toEqual({
    places: [generation + 1, 0, generation + 7],
    clockMs: noonMs,
    logId: 'log',
    generation: 1,
  });
  expect(await fixCut(warehouse, 'nobody')).toMatchObject({ clockMs: null });
});
