/** Kafka behind TLS and a password, on a real broker, opened as `TACIT_EVENT_LOG` and its companions say. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { expect, inject, it } from 'vitest';

import type { SaslMechanism } from '../../services/engines/event-log/kafka-address.ts';
import { openEventLog } from '../../services/engines/event-log/open-event-log.ts';
import { settingsFromEnvironment } from '../../services/settings/environment.ts';
import { createEngines } from '../../services/settings/open-engines.ts';
import { describeWith } from '../support/requires.ts';
import { collect, numbered, until } from './event-log-support.ts';

describeWith(inject('kafka'), 'Kafka with TLS and a user', (plainAddress) => {
  const secure = inject('secureKafka');
  if (!secure) throw new Error('the broker has no secure port');
  const { port, username, caFile } = secure;
  const urlOf = (password: string, at = `127.0.0.1:${String(port)}`) =>
    `kafkas://${username}:${encodeURIComponent(password)}@${at}/secure-${randomUUID()}`;
  const url = urlOf(secure.password);
  const open = async (
    of: string,
    saslMechanism: SaslMechanism = 'scram-sha-512',
    ca: string | undefined = caFile,
  ) =>
    openEventLog({
      ...{ url: of, dataDir: '/nowhere', clock: Date.now, saslMechanism },
      certificateAuthority: ca === '' ? undefined : await readFile(ca, 'utf8'),
    });

  it.each(['scram-sha-512', 'plain'] as const)('writes and reads by %s', async (mechanism) => {
    const log = await open(urlOf(secure.password), mechanism);
    await log.createTopics();
    await log.append('tacit.events', numbered(20));
    const { records } = await collect(log, { topic: 'tacit.events' });
    await until(() => records.length === 20);
    expect(records.map(({ value }) => value)).toEqual(numbered(20).map(({ value }) => value));
    expect(await log.logId('tacit.events')).toContain('tacit.events');
    await log.close();
  });

  it('is what the environment opens', async () => {
    const environment = { TACIT_EVENT_LOG: url, TACIT_KAFKA_CA_FILE: caFile, TACIT_PSEUDONYMS: 'off' };
    const engines = (more: Record<string, string>) =>
      createEngines({
        settings: settingsFromEnvironment({ ...environment, ...more }, '/nowhere'),
        ...{ migrationsDir: '', clock: Date.now, random: (bytes) => new Uint8Array(bytes) },
      });
    const opened = engines({});
    expect((await opened.bareEventLog()).driver).toBe('kafka');
    await opened.close();
    await expect(engines({ TACIT_KAFKA_CA_FILE: '/nowhere/ca.pem' }).bareEventLog()).rejects.toMatchObject({
      code: 'configuration',
      message: 'TACIT_KAFKA_CA_FILE cannot be read (ENOENT): name a PEM file',
    });
  });

  it.each([
    ['another password', urlOf('guessed'), 'scram-sha-512', caFile, /^Kafka at \S+ does not let the user in/],
    [
      'a mechanism that the broker lacks',
      url,
      'scram-sha-256',
      caFile,
      /^Kafka at \S+ does not let the user in/,
    ],
    [
      'an authority that nobody named',
      url,
      'scram-sha-512',
      '',
      /^no TLS with Kafka at \S+ \(DEPTH_ZERO_SELF/,
    ],
    ['a port without TLS', urlOf('x', plainAddress), 'scram-sha-512', caFile, /^no Kafka broker answers at/],
  ] as const)('says in one line what is wrong with %s', async (_, of, mechanism, ca, message) => {
    const opening = open(of, mechanism, ca);
    await expect(opening).rejects.toMatchObject({ code: 'log_unavailable' });
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.not.toThrow(/guessed|\n/);
  });
});
