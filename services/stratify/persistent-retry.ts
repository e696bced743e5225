import { setTimeout as sleep } from 'node:timers/promises';

import { TacitError } from '../../schemas/errors.ts';

export interface RetryOptions {
  /** Ends the waiting: the call then rejects with the last fault. */
  readonly signal: AbortSignal;
  /** As many random bytes as asked for. */
  readonly random: (bytes: number) => Uint8Array;
  /** Told of each fault that will be tried again, and after how long. */
  onRetry(fault: TacitError, waitMs: number): void;
}

export type PersistentRetry = <Result>(call: () => Promise<Result>) => Promise<Result>;

const firstWaitMs = 100;
const longestWaitMs = 10_000;

/** Repeats a call for as long as its fault is one that may pass, with growing, jittered waits. */
export function createPersistentRetry({ signal, random, onRetry }: RetryOptions): PersistentRetry {
  return async function retry(call) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await call();
      } catch (fault) {
        if (!(fault instanceof TacitError) || !fault.retriable || signal.aborted) throw fault;
        const fullMs = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(attempt, 10));
        const waitMs = Math.round(fullMs * (0.5 + (random(1)[0] ?? 0) / 512));
        onRetry(fault, waitMs);
        await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      }
    }
  };
}
