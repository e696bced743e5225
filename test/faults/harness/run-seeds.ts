import { runSeed, type SeedResult } from './run-seed.ts';
import type { Part } from './schedule.ts';
import type { Stand } from './stand.ts';
import type { StandBroker } from './stand-broker.ts';

export interface PlannedSeed {
  readonly part: Part;
  readonly seed: number;
}

export interface SeedOutcome extends PlannedSeed {
  /** What it found; undefined when it did not come to its end. */
  readonly result: SeedResult | undefined;
  /** Everything that is not as it should be, in words; empty is a pass. */
  readonly failures: readonly string[];
  readonly seconds: number;
}

/** Kafka's own: after a kill now and then the coordinator of groups never comes back. */
const sick = /The state machine of the coordinator \S+ is out of sync with the underlying log/;

/**
 * One seed after the other. One that failed is not tried again; the next begins with a broker that has nothing in it. A
 * broker that is sick, or does not start, fails the seed in whose time it is so, whatever that found.
 */
export async function runSeeds(
  stand: Stand,
  seeds: readonly PlannedSeed[],
  onOutcome: (outcome: SeedOutcome) => void,
): Promise<SeedOutcome[]> {
  return await eachOnItsBroker(stand.kafka, seeds, (seed) => runSeed(stand, seed), onOutcome);
}

/** As `runSeeds`, of any run. */
export async function eachOnItsBroker(
  broker: StandBroker,
  seeds: readonly PlannedSeed[],
  run: (seed: PlannedSeed) => Promise<SeedResult>,
  onOutcome: (outcome: SeedOutcome) => void,
): Promise<SeedOutcome[]> {
  const outcomes: SeedOutcome[] = [];
  let fit = false;
  for (const { part, seed } of seeds) {
    const beganMs = performance.now();
    const failures: string[] = [];
    let result: SeedResult | undefined;
    try {
      if (!fit) await broker.renew();
      result = await run({ part, seed });
      failures.push(...result.faults_found);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
    const complaint = complaintIn(await broker.said(), failures.length > 0);
    if (complaint !== undefined) failures.push(`the broker said: ${complaint}`);
    fit = failures.length === 0;
    const outcome = { part, seed, result, failures, seconds: (performance.now() - beganMs) / 1000 };
    outcomes.push(outcome);
    onOutcome(outcome);
  }
  return outcomes;
}

/** That it is sick, in its own line; where the seed failed without it, its last error. */
function complaintIn(said: string, failed: boolean): string | undefined {
  const lines = said.split('\n');
  const error = (line: string) => /\b(ERROR|FATAL)\b|^Exception/.test(line);
  return lines.find((line) => sick.test(line)) ?? (failed ? lines.findLast(error) : undefined);
}
