import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { TacitError } from '../../schemas/errors.ts';
import type { Settings } from './environment.ts';

/**
 * The secret that pseudonyms are made with: the one of the environment, else the data directory's own, made at first
 * use and readable by its owner only.
 * @param random as many random bytes as asked for
 */
export async function pseudonymKeyFromSettings(
  settings: Settings,
  random: (bytes: number) => Uint8Array,
): Promise<Uint8Array | 'off'> {
  if (settings.pseudonyms === 'off') return 'off';
  if (settings.pseudonymKey !== undefined) return Buffer.from(settings.pseudonymKey, 'utf8');
  const path = join(settings.dataDir, 'pseudonym.key');
  const kept = (await readIfThere(path)) ?? (await makeKeyFile(path, random));
  const key = Buffer.from(kept.trim(), 'base64');
  if (key.length === 32) return key;
  throw new TacitError(
    'configuration',
    `${path} is damaged: put the saved key back, or set TACIT_PSEUDONYM_KEY`,
  );
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function makeKeyFile(path: string, random: (bytes: number) => Uint8Array): Promise<string> {
  const text = `${Buffer.from(random(32)).toString('base64')}\n`;
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  return text;
}
