import type { ServerProcess } from './server-process.ts';

const sampleMs = 250;
const stretches = 4;

export interface MemoryCurve {
  /** Ends the watch and says the median of each quarter of its time, and the last beside the second. */
  say(): string;
}

/**
 * Watches a process's anonymous memory. The first quarter holds its warming up, so growth is that of the last quarter
 * over the second.
 */
export function watchMemory(server: ServerProcess): MemoryCurve {
  const samples: number[] = [];
  const sampling = setInterval(() => {
    samples.push(server.anonymousMiB());
  }, sampleMs);
  return {
    say() {
      clearInterval(sampling);
      const quarters = Array.from({ length: stretches }, (_, quarter) =>
        median(samples.slice(share(quarter), share(quarter + 1))),
      );
      const growth = (quarters[stretches - 1] ?? Number.NaN) / (quarters[1] ?? Number.NaN);
      return (
        `memory ${quarters.map((mib) => mib.toFixed(0)).join(', ')} MiB in its quarters, most ${Math.max(...samples).toFixed(0)}, ` +
        `last over second ${growth.toFixed(2)}`
      );
    },
  };

  function share(quarter: number): number {
    return Math.floor((samples.length * quarter) / stretches);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
