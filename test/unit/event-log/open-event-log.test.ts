import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { kafkaAddressFromUrl } from '../../../services/engines/event-log/kafka-address.ts';
import { openEventLog } from '../../../services/engines/event-log/open-event-log.ts';

describe('opening the event log by its URL', () => {
  let dataDir: string;
  const clock = () => 0;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tacit-open-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  it('opens the embedded log in the data directory', async () => {
    const log = await openEventLog({ url: 'embedded:', dataDir, clock });
    expect(log.driver).toBe('embedded');
    await log.append('tacit.events', [{ key: 'a', type: 'turn', version: 1, value: '{}' }]);
    expect((await log.sizes())?.fileBytes).toBeGreaterThan(0);
    expect((await log.sizes())?.liveBytes).toBeGreaterThan(0);
    await log.close();
  });

  it('says in one line that the embedded log cannot be opened', async () => {
    await writeFile(join(dataDir, 'log'), 'a file in its place');
    const opening = openEventLog({ url: 'embedded:', dataDir, clock });
    await expect(opening).rejects.toMatchObject({ code: 'log_unavailable' });
    await expect(opening).rejects.toThrow(/^the event log in [^\n]+ cannot be opened: [^\n]+$/);
  });

  it('says within seconds, in one line, that no broker answers', async () => {
    const startMs = performance.now();
    const warnings: string[] = [];
    const opening = openEventLog({
      url: 'kafka://127.0.0.1:1,127.0.0.1:2',
      dataDir,
      clock,
      onWarning: (message) => warnings.push(message),
    });
    await expect(opening).rejects.toMatchObject({
      code: 'log_unavailable',
      retriable: true,
      message: 'no Kafka broker answers at 127.0.0.1:1, 127.0.0.1:2: is it running and reachable?',
    });
    expect(performance.now() - startMs).toBeLessThan(3_000);
    expect(warnings.join('\n')).not.toContain('    at ');
  });

  it('reads brokers, user, password, TLS and name from a URL', () => {
    expect(kafkaAddressFromUrl('kafkas://me%40x:p%2Fw%3A@a:1,[::1]:2/staging')).toEqual({
      ...{ brokers: ['a:1', '[::1]:2'], prefix: 'staging.', tls: true },
      user: { username: 'me@x', password: 'p/w:' },
    });
    expect(kafkaAddressFromUrl('kafka://a:1')).toEqual({ brokers: ['a:1'], prefix: '', tls: false });
  });

  it.each([
    '',
    'kafka://',
    'kafka://host',
    'kafka://host:9092,',
    'http://host:9092',
    'kafka://a:1/b/c',
    'kafka://a:1/b.c',
    'kafka://user@a:1',
    'kafkas://user:%zz@a:1',
    'kafkas://user:pass@a:1,user:pass@b:1',
  ])('refuses the URL %j', async (url) => {
    await expect(openEventLog({ url, dataDir, clock })).rejects.toMatchObject({
      ...{ code: 'configuration', message: expect.not.stringContaining('pass@') as string },
    });
  });
});
