import { join, resolve } from 'node:path';

import { expect, test } from 'vitest';

import { TacitError } from '../../../schemas/errors.ts';
import { ownsDataDir, settingsFromEnvironment } from '../../../services/settings/environment.ts';

function faultOf(environment: Record<string, string>): TacitError {
  try {
    settingsFromEnvironment(environment, '/package');
  } catch (error) {
    if (error instanceof TacitError) return error;
    throw error;
  }
  throw new Error('no fault');
}

test('without any variable everything is embedded, beside package.json, on loopback', () => {
  const settings = settingsFromEnvironment({}, '/package');
  expect(settings).toMatchObject({
    eventLogUrl: 'embedded:',
    warehouseUrl: 'embedded:',
    warehouseCluster: undefined,
    dataDir: join('/package', '.tacit'),
    host: '127.0.0.1',
    pseudonyms: 'keyed',
    logRetentionHours: 24,
  });
  expect(ownsDataDir(settings)).toBe(true);
});

test('a variable that is set to nothing counts as not set', () => {
  expect(settingsFromEnvironment({ TACIT_PORT: '', TACIT_DATA_DIR: '' }, '/package').dataDir).toBe(
    '/package/.tacit',
  );
});

test('a data directory that is named is taken from where the command was typed', () => {
  expect(settingsFromEnvironment({ TACIT_DATA_DIR: 'data' }, '/package').dataDir).toBe(resolve('data'));
});

test('all faults are told at once, in one message', () => {
  const fault = faultOf({
    TACIT_EVENT_LOG: 'kafka:/broker',
    TACIT_WAREHOUSE: 'clickhouse.example.org',
    TACIT_PORT: '70000',
    TACIT_PSEUDONYMS: 'maybe',
    TACIT_TIME_ZONE: 'Mars/Olympus',
    TACIT_LOG_LEVEL: 'loud',
  });
  expect(fault.code).toBe('configuration');
  for (const name of ['EVENT_LOG', 'WAREHOUSE', 'PORT', 'PSEUDONYMS', 'TIME_ZONE', 'LOG_LEVEL']) {
    expect(fault.message).toContain(`TACIT_${name} must be`);
  }
});

test('no fault repeats a value: some are secrets', () => {
  const fault = faultOf({
    TACIT_WAREHOUSE: 'http//tacit:hunter2@clickhouse:8123/tacit',
    TACIT_PSEUDONYM_KEY: 'hunter2',
  });
  expect(fault.message).not.toContain('hunter2');
  expect(JSON.stringify(fault.details)).not.toContain('hunter2');
});

test('Kafka needs a pseudonym key that all processes share, unless pseudonyms are off', () => {
  const kafka = { TACIT_EVENT_LOG: 'kafka://a:9092,b:9092' };
  expect(faultOf(kafka).message).toMatch(/^TACIT_PSEUDONYM_KEY is needed with Kafka/);
  const key = 'sixteen characters at least';
  expect(settingsFromEnvironment({ ...kafka, TACIT_PSEUDONYM_KEY: key }, '/p').pseudonymKey).toBe(key);
  expect(settingsFromEnvironment({ ...kafka, TACIT_PSEUDONYMS: 'off' }, '/p').pseudonyms).toBe('off');
});

test('a password of Kafka never goes out in clear', () => {
  const plain = { TACIT_KAFKA_SASL: 'plain', TACIT_PSEUDONYMS: 'off' };
  const clear = faultOf({ ...plain, TACIT_EVENT_LOG: 'kafka://me:hunter2@a:9092' });
  expect(clear.message).toMatch(/^TACIT_KAFKA_SASL plain would send the password in clear/);
  expect(clear.message).not.toContain('hunter2');
  const settings = settingsFromEnvironment({ ...plain, TACIT_EVENT_LOG: 'kafkas://me:hunter2@a:9092' }, '/p');
  expect(settings.kafkaSasl).toBe('plain');
});

test('on Kafka and ClickHouse no data directory is owned', () => {
  const environment = {
    TACIT_EVENT_LOG: 'kafka://a:9092',
    TACIT_PSEUDONYMS: 'off',
    TACIT_WAREHOUSE: 'http://u:p@h:8123/tacit',
  };
  expect(ownsDataDir(settingsFromEnvironment(environment, '/p'))).toBe(false);
});
