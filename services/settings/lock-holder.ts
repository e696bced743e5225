import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The process that holds chDB's lock on a data directory, as Linux's kernel lists it. Only for saying who it is, and
 * for not provoking chDB into printing its own error: the lock itself is what decides.
 * @returns undefined when nobody holds it, or where the kernel does not tell
 */
export async function dataDirLockHolder(dataDir: string): Promise<number | undefined> {
  try {
    const { ino } = await stat(join(dataDir, 'warehouse', 'status'));
    const locks = await readFile('/proc/locks', 'utf8');
    // "1: FLOCK  ADVISORY  WRITE <pid> <major>:<minor>:<inode> 0 EOF"
    const held = locks.split('\n').find((line) => line.includes('FLOCK') && line.includes(`:${ino} `));
    const pid = Number(held?.split(/\s+/)[4]);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
