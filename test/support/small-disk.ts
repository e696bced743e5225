import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface SmallDisk {
  /** Leaves no byte. */
  fill(): Promise<void>;
  /** Gives back what was filled. */
  empty(): Promise<void>;
  unmount(): void;
}

/**
 * A file system in memory of its own size on a folder. It takes root and Linux.
 * @returns undefined where none can be mounted
 */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk | undefined {
  try {
    const size = `size=${String(megabytes)}m`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const ballast = join(folder, 'ballast');
  return {
    async fill() {
      const filling = spawn('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=1M'], { stdio: 'ignore' });
      await once(filling, 'exit');
    },
    empty: () => rm(ballast, { force: true }),
    unmount() {
      // Those who have files open in it may have been killed and not be gone yet.
      execFileSync('umount', ['--lazy', folder]);
    },
  };
}
