/**
 * A full disk under the embedded log. A file system of a few megabytes takes root and Linux; elsewhere the tests are
 * skipped, and fail under CI=true.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createEmbeddedEventLog } from '../../services/engines/event-log/embedded.ts';
import { collect, record, topicNamed, until } from '../conformance/event-log-support.ts';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';

describe('a full disk', () => {
  let dir: string;
  let disk: SmallDisk | undefined;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tacit-full-'));
    disk = mountSmallDisk(dir, 8);
  });
  afterEach(async () => {
    disk?.unmount();
    await rm(dir, { recursive: true });
  });

  it('is told to every append, keeps what was acknowledged, and ends when there is room', async ({
    skip,
  }) => {
    skip(!disk && process.env['CI'] !== 'true', 'no file system can be mounted here');
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const ballast = join(dir, 'ballast');
    await writeFile(ballast, Buffer.alloc(3_000_000));
    const path = join(dir, 'log');
    const topics = [topicNamed('events', 1)];
    const log = await createEmbeddedEventLog({ path, topics, clock: () => 0 });
    const text = 'z'.repeat(100_000);
    const acknowledged: string[] = [];
    const append = async (n: number) => {
      const value = `${String(n)} ${text}`;
      await log.append('events', [record(n, { value })]);
      acknowledged.push(value);
    };
    const faults: unknown[] = [];
    for (let n = 0; n < 60; n += 4) {
      const results = await Promise.allSettled([append(n), append(n + 1), append(n + 2), append(n + 3)]);
      for (const result of results) if (result.status === 'rejected') faults.push(result.reason);
    }
    expect(faults.length).toBeGreaterThan(4);
    for (const fault of faults) expect(fault).toMatchObject({ code: 'disk_full', retriable: true });

    await rm(ballast);
    for (let n = 100; n < 110; n += 1) await append(n);
    const { records, consumption } = await collect(log, { topic: 'events' });
    await until(() => records.at(-1)?.value.startsWith('109 ') === true);
    const values = records.map(({ value }) => value);
    expect(values.filter((value) => acknowledged.includes(value))).toEqual(acknowledged);
    const offsets = records.map(({ offset }) => offset);
    expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
    await consumption.stop();
    await log.close();

    const again = await createEmbeddedEventLog({ path, topics, clock: () => 0 });
    expect((await again.offsets('events'))[0]?.high).toBe((offsets.at(-1) ?? 0) + 1);
    await again.close();
  });
});
