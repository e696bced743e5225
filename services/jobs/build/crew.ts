import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { createConnectionPool } from '../../engines/warehouse/connection-pool.ts';
import { buffersOf } from './buffers-of.ts';
import { createRangeWork } from './range-work.ts';
import type { FactsOf, InputOf, OutputOf, Pass } from './range-work.ts';

/** Who does the work of the passes over texts. */
export interface Crew {
  /** Runs of annotators that it can work on at once. */
  readonly size: number;
  /** From now on that work is done. @returns what does it for one run of annotators; rejects where a thread fails */
  begin<P extends Pass>(pass: P, facts: FactsOf<P>): (input: InputOf<P>) => Promise<OutputOf<P>>;
  end(): Promise<void>;
}

/** Texts die young: room for them before anything is copied, megabytes a thread. */
const youngMb = 192;

/** @param threads 0: all work is done on this thread, between other things */
export function createCrew(threads: number): Crew {
  if (threads === 0) {
    return {
      size: 1,
      begin(pass, facts) {
        const work = createRangeWork(pass, facts);
        return (input) =>
          new Promise((resolve) => {
            resolve(work(input));
          });
      },
      end: () => Promise.resolve(),
    };
  }
  const workers = Array.from(
    { length: threads },
    () =>
      new Worker(new URL('./range-thread.ts', import.meta.url), {
        resourceLimits: { maxYoungGenerationSizeMb: youngMb },
      }),
  );
  const pool = createConnectionPool(workers);
  const failed = new Promise<never>((_, reject) => {
    for (const worker of workers) worker.on('error', reject);
  });
  // Met by whoever waits for work.
  failed.catch(() => undefined);
  return {
    size: threads,
    begin<P extends Pass>(pass: P, facts: FactsOf<P>) {
      for (const worker of workers) worker.postMessage({ pass, facts });
      return (input: InputOf<P>) =>
        pool.use(async (worker) => {
          worker.postMessage({ input }, buffersOf(input));
          const [output] = (await Promise.race([once(worker, 'message'), failed])) as [OutputOf<P>];
          return output;
        });
    },
    async end() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
