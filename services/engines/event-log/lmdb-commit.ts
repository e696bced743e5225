import { statfs } from 'node:fs/promises';

import { TacitError } from '../../../schemas/errors.ts';

/** What `put` and `remove` of lmdb give: resolved when committed, with a promise for when it is synced. */
export type Commit = Promise<boolean> & { readonly flushed?: Promise<unknown> };

/** A commit that lmdb never reports as synced (the sync itself failed) counts as failed after this time. */
const flushTimeoutMs = 30_000;
/** Below this a failed commit is taken for a full disk: lmdb reports a short write as an input/output error. */
const fullDiskBytes = 32 * 1024 * 1024;
const fullDiskCodes: readonly unknown[] = ['ENOSPC', 'EDQUOT', 28, 122, -30_792];

/**
 * Tells when a commit is on disk. Commits that share a transaction share the promise.
 * @returns a function that resolves when the commit is synced and rejects with `disk_full` or `log_unavailable`.
 */
export function createCommitWatch(path: string): (commit: Commit) => Promise<void> {
  let last: { commit: Commit; settled: Promise<void> } | undefined;
  return (commit) => {
    if (last?.commit !== commit) last = { commit, settled: settle(commit, path) };
    return last.settled;
  };
}

async function settle(commit: Commit, path: string): Promise<void> {
  try {
    await commit;
    await flushedInTime(commit);
  } catch (error) {
    throw await commitFault(error, path);
  }
}

async function flushedInTime(commit: Commit): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('the disk did not confirm the write'));
    }, flushTimeoutMs);
  });
  try {
    await Promise.race([commit.flushed, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function commitFault(error: unknown, path: string): Promise<TacitError> {
  const cause = await causeOf(error);
  if (fullDiskCodes.includes(codeOf(cause)) || (await isNearlyFull(path))) {
    return new TacitError(
      'disk_full',
      `no space left for the event log in ${path}: free some and send again`,
      {
        retriable: true,
        cause,
      },
    );
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  return new TacitError('log_unavailable', `the event log in ${path} cannot be written: ${message}`, {
    retriable: true,
    cause,
  });
}

/** lmdb puts the cause into a promise of its own, which ends the process when nobody takes its rejection. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && 'commitError' in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (cause) {
    return cause;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

async function isNearlyFull(path: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize < fullDiskBytes;
  } catch {
    return false;
  }
}
