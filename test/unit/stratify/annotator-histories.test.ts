import { expect, test, vi } from 'vitest';

import { createAnnotatorHistories } from '../../../services/stratify/annotator-histories.ts';
import { emptyAnnotatorState, emptyDay } from '../../../services/stratify/annotator-state.ts';
import type { HistoryLoader } from '../../../services/stratify/load-histories.ts';
import type { StratifiedRecord } from '../../../services/stratify/stratified-record.ts';

const beyond = Number.MAX_SAFE_INTEGER;

function given({ capacity = 100, days = 1 } = {}) {
  const loader = {
    appDays: vi.fn<HistoryLoader['appDays']>(() => Promise.resolve(Array.from({ length: days }, emptyDay))),
    states: vi.fn<HistoryLoader['states']>((_, partitions) =>
      Promise.resolve(new Map(Array.from(partitions, ([id, of]) => [id, emptyAnnotatorState(of)]))),
    ),
  };
  const histories = createAnnotatorHistories({
    loader,
    cut: () => [10, 20, beyond],
    gathered: () => Promise.resolve(),
    capacity,
  });
  return { loader, histories };
}

function eventOf(annotator: string, app = 'app'): StratifiedRecord {
  return { app, annotator_id: annotator, event_id: 'e', type: 'turn', occurred_ms: 0, received_ms: 0 };
}

const chunkOf = (partition: number, firstPlace: number, ...annotators: string[]) => ({
  partition,
  firstPlace,
  events: annotators.map((annotator) => eventOf(annotator)),
});

test('chunks that wait at the same time share their queries, each up to its own first place', async () => {
  const { loader, histories } = given();
  const loads = [
    histories.load(chunkOf(0, 10, 'a', 'b')),
    histories.load(chunkOf(1, 25, 'c')),
    histories.load(chunkOf(1, 20, 'd')),
  ];
  await Promise.all(loads);
  expect(loader.appDays.mock.calls).toEqual([['app', [10, 20, beyond]]]);
  const partitions = new Map([
    ['a', 0],
    ['b', 0],
    ['c', 1],
    ['d', 1],
  ]);
  expect(loader.states.mock.calls).toEqual([['app', partitions, [10, 20, beyond]]]);
});

test('what is known is not asked for again, until its partition is taken away', async () => {
  const { loader, histories } = given();
  const first = await histories.load(chunkOf(0, 10, 'a'));
  const again = await histories.load(chunkOf(0, 15, 'a'));
  expect(again.stateOf(eventOf('a'))).toBe(first.stateOf(eventOf('a')));
  expect(loader.states).toHaveBeenCalledTimes(1);
  histories.forget(0);
  await histories.load(chunkOf(0, 15, 'a'));
  expect(loader.states).toHaveBeenLastCalledWith('app', new Map([['a', 0]]), [15, 20, beyond]);
});

test('an app without a past is never asked for its annotators', async () => {
  const { loader, histories } = given({ days: 0 });
  const known = await histories.load(chunkOf(0, 10, 'a'));
  expect(known.stateOf(eventOf('a'))).toEqual(emptyAnnotatorState(0));
  expect(loader.states).not.toHaveBeenCalled();
});

test('a chunk keeps its histories although others push them out of the memory', async () => {
  const { loader, histories } = given({ capacity: 1 });
  const first = await histories.load(chunkOf(0, 10, 'a'));
  await histories.load(chunkOf(1, 20, 'b', 'c'));
  await histories.load(chunkOf(1, 21, 'b'));
  expect(first.stateOf(eventOf('a')).partition).toBe(0);
  await histories.load(chunkOf(0, 11, 'a'));
  expect(loader.states).toHaveBeenCalledTimes(3);
  expect(() => first.stateOf(eventOf('b'))).toThrow(RangeError);
});

test('chunks that wait together push nothing of each other out of the memory', async () => {
  const { histories } = given({ capacity: 1 });
  await histories.load(chunkOf(0, 10, 'a', 'b'));
  const [first, second] = await Promise.all([
    histories.load(chunkOf(0, 11, 'a', 'b')),
    histories.load(chunkOf(1, 20, 'c')),
  ]);
  for (const id of ['a', 'b']) expect(first.stateOf(eventOf(id)).partition).toBe(0);
  expect(second.stateOf(eventOf('c')).partition).toBe(1);
});

test('a failure reaches those who waited, and the next load tries again', async () => {
  const { loader, histories } = given();
  loader.states.mockRejectedValueOnce(new Error('away'));
  const failed = await Promise.allSettled([
    histories.load(chunkOf(0, 10, 'a')),
    histories.load(chunkOf(1, 20, 'b')),
  ]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await histories.load(chunkOf(0, 10, 'a'));
  expect(loader.states).toHaveBeenCalledTimes(2);
});
