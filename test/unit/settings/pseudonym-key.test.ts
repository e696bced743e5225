import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { settingsFromEnvironment } from '../../../services/settings/environment.ts';
import { pseudonymKeyFromSettings } from '../../../services/settings/pseudonym-key.ts';

let dataDir: string;
beforeEach(async () => (dataDir = await mkdtemp(join(tmpdir(), 'tacit-key-'))));
afterEach(() => rm(dataDir, { recursive: true }));

const settings = (environment: Record<string, string> = {}) =>
  settingsFromEnvironment({ TACIT_DATA_DIR: dataDir, ...environment }, '/');

test('a data directory makes a key once, readable by its owner only', async () => {
  const first = await pseudonymKeyFromSettings(settings(), randomBytes);
  expect(first).toHaveLength(32);
  expect(await pseudonymKeyFromSettings(settings(), randomBytes)).toEqual(first);
  const { mode } = await stat(join(dataDir, 'pseudonym.key'));
  expect(mode & 0o777).toBe(0o600);
});

test('the key of the environment goes before the kept one, off before both', async () => {
  await pseudonymKeyFromSettings(settings(), randomBytes);
  const named = await pseudonymKeyFromSettings(
    settings({ TACIT_PSEUDONYM_KEY: 'sixteen-and-more!' }),
    randomBytes,
  );
  expect(Buffer.from(named as Uint8Array).toString()).toBe('sixteen-and-more!');
  expect(await pseudonymKeyFromSettings(settings({ TACIT_PSEUDONYMS: 'off' }), randomBytes)).toBe('off');
});

test('a damaged key is refused and kept as it is', async () => {
  const path = join(dataDir, 'pseudonym.key');
  await writeFile(path, 'broken');
  await expect(pseudonymKeyFromSettings(settings(), randomBytes)).rejects.toMatchObject({
    code: 'configuration',
  });
  expect(await readFile(path, 'utf8')).toBe('broken');
});
