import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import { createEmbeddedEventLog } from '../../../services/engines/event-log/embedded.ts';
import { collect, numbered, record, topicNamed, until } from '../../conformance/event-log-support.ts';

const topics = [topicNamed('events', 1)];
const clock = () => 1_000;

describe('the embedded event log', () => {
  let path: string;

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'tacit-log-'));
  });
  afterEach(() => rm(path, { recursive: true }));

  const open = () => createEmbeddedEventLog({ path, topics, clock });

  it('holds every append that resolved before its process was killed', async () => {
    const child = fork(join(import.meta.dirname, 'append-until-killed.ts'), [path], { stdio: 'pipe' });
    let acknowledged = -1;
    child.on('message', (n: number) => {
      acknowledged = n;
      if (n >= 400) child.kill('SIGKILL');
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'exit');
    expect(acknowledged).toBeGreaterThanOrEqual(400);

    const log = await open();
    const { records, consumption } = await collect(log, { topic: 'events' });
    await until(() => records.length > acknowledged);
    const values = records.map(({ value }) => value);
    expect(values.slice(0, acknowledged + 1)).toEqual(numbered(acknowledged + 1).map(({ value }) => value));
    await consumption.stop();
    await log.close();
  });

  it('has another id when it is made anew', async () => {
    const first = await open();
    const id = await first.logId('events');
    await first.close();
    await rm(path, { recursive: true });
    const second = await open();
    expect(await second.logId('events')).not.toBe(id);
    await second.close();
  });

  it('uses freed space again while a consumer stands still', async () => {
    const log = await open();
    const text = 'x'.repeat(1_000);
    const fill = async () => {
      for (let n = 0; n < 40; n += 1) {
        await log.append(
          'events',
          numbered(100).map((one) => ({ ...one, value: text })),
        );
      }
    };
    const stuck = Promise.withResolvers<undefined>();
    const { consumption } = await collect(log, {
      topic: 'events',
      onChunk: async () => {
        await stuck.promise;
      },
    });
    let fileBytes = 0;
    for (let round = 0; round < 5; round += 1) {
      await fill();
      const [offsets] = await log.offsets('events');
      await log.trim('events', 0, offsets?.high ?? 0, -1);
      if (round === 1) fileBytes = (await log.sizes())?.fileBytes ?? 0;
    }
    const sizes = await log.sizes();
    expect(sizes?.liveBytes).toBe(0);
    expect(sizes?.fileBytes).toBeLessThan(fileBytes * 1.3);
    const ended = expect(consumption.done).rejects.toMatchObject({ code: 'log_gap' });
    stuck.resolve(undefined);
    await ended;
    await log.close();
  });

  it('lets other work run while it reads a long chunk', async () => {
    const log = await open();
    const text = 'y'.repeat(400);
    await log.append(
      'events',
      Array.from({ length: 8_000 }, (_, n) => record(n, { value: text })),
    );
    let turns = 0;
    let handle = setImmediate(function next() {
      turns += 1;
      handle = setImmediate(next);
    });
    const { chunks, consumption } = await collect(log, { topic: 'events', maxRecordsPerChunk: 10_000 });
    await until(() => chunks.length > 0);
    clearImmediate(handle);
    expect(chunks[0]?.records.length).toBe(8_000);
    expect(turns).toBeGreaterThan(3);
    await consumption.stop();
    await log.close();
  });
});
