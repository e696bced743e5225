import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { TacitError } from '../../../schemas/errors.ts';

/**
 * Says why chDB could not open a folder: it gives one text for every reason, and code 76 on standard error only. The
 * kernel's list of locks tells who holds it; where there is none, a folder that could be read and written but not
 * opened is taken to be in use.
 */
export async function openingFault(path: string, cause: unknown): Promise<TacitError> {
  const statusFile = join(path, 'status');
  const usable = await access(statusFile, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  const holder = await lockHolder(statusFile);
  if (usable && holder !== 'none') return inUse(path, holder);
  return new TacitError(
    'warehouse_unavailable',
    `chDB cannot open ${path}: is it a folder that can be written?`,
    {
      details: { path },
      cause,
    },
  );
}

/**
 * Refuses a folder that another process has open before chDB tries, which would print an error of its own. Only chDB's
 * lock decides; where the kernel does not list locks, this lets everybody pass.
 * @throws TacitError `data_dir_owned`
 */
export async function refuseIfHeld(path: string): Promise<void> {
  const holder = await lockHolder(join(path, 'status'));
  if (typeof holder === 'number' && holder !== process.pid) throw inUse(path, holder);
}

function inUse(path: string, holder: number | 'unknown'): TacitError {
  const who = holder === 'unknown' ? 'another process' : `process ${String(holder)}`;
  return new TacitError(
    'data_dir_owned',
    `the data directory at ${path} is in use by ${who}: end that one, or set TACIT_DATA_DIR to another folder`,
    { retriable: true, details: { path, ...(holder === 'unknown' ? {} : { pid: holder }) } },
  );
}

/** @returns the process that holds an flock on the file, as Linux's kernel lists it. */
async function lockHolder(file: string): Promise<number | 'none' | 'unknown'> {
  try {
    const locks = await readFile('/proc/locks', 'utf8');
    const { ino } = await stat(file);
    // "1: FLOCK  ADVISORY  WRITE <pid> <major>:<minor>:<inode> 0 EOF"
    const held = locks
      .split('\n')
      .find((line) => line.includes('FLOCK') && line.includes(`:${String(ino)} `));
    if (held === undefined) return 'none';
    const pid = Number(held.split(/\s+/)[4]);
    return Number.isInteger(pid) && pid > 0 ? pid : 'unknown';
  } catch {
    return 'unknown';
  }
}
