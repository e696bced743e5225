/** What the run of many seeds makes of a broker that does not start, or that is sick; both planted. */
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { startKafka, type StartKafkaOptions } from '../../infra/kafka/start-kafka.ts';
import { full } from '../support/full-size.ts';
import type { SeedResult } from './harness/run-seed.ts';
import { eachOnItsBroker, runSeeds, type PlannedSeed, type SeedOutcome } from './harness/run-seeds.ts';
import { openStand } from './harness/stand.ts';
import { createStandBroker } from './harness/stand-broker.ts';

const outOfSync =
  '2026-01-10 12:00:00,000 ERROR CoordinatorRuntime: [GroupCoordinator id=1] The state machine of the coordinator __consumer_offsets-0 is out of sync with the underlying log. The last written offset returned is 7 while the coordinator expected 4.';
const refusal = '2026-01-10 12:00:00,000 ERROR Kafka$: Exiting Kafka due to fatal exception';
const result = { faults_found: [] as readonly string[] } as SeedResult;
const passed = { result, failures: [] };

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tacit-seeds-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Runs seeds on a broker that is none: its starts refuse in their turn, and each seed is given its log. */
async function outcomesOf(options: {
  readonly seeds: number;
  readonly refusing?: readonly number[];
  readonly run?: (seed: number, log: string) => Promise<SeedResult>;
}) {
  const folders: string[] = [];
  const ran: number[] = [];
  const start = async (asked: StartKafkaOptions) => {
    folders.push(basename(asked.dir));
    await mkdir(asked.dir, { recursive: true });
    const log = join(asked.dir, 'broker.log');
    if (options.refusing?.includes(folders.length) === true) {
      await appendFile(log, `${refusal}\n`);
      throw new Error('Kafka did not start');
    }
    await appendFile(log, '2026-01-10 12:00:00,000 WARN AppInfo: nothing of note\n');
    const end = () => Promise.resolve();
    return { brokers: [], pid: 1, secure: undefined, stop: end, kill: end };
  };
  const broker = createStandBroker({ dir, startKafka: start });
  const seeds = Array.from({ length: options.seeds }, (_, n): PlannedSeed => ({
    part: 'broker',
    seed: n + 1,
  }));
  const told: SeedOutcome[] = [];
  const outcomes = await eachOnItsBroker(
    broker,
    seeds,
    async ({ seed }) => {
      ran.push(seed);
      return (await options.run?.(seed, join(dir, folders.at(-1) ?? '', 'broker.log'))) ?? result;
    },
    (outcome) => told.push(outcome),
  );
  expect(told).toEqual(outcomes);
  return { outcomes, folders, ran };
}

it('one broker serves all seeds while nothing fails', async () => {
  const { outcomes, folders } = await outcomesOf({ seeds: 3 });
  expect(outcomes).toMatchObject([passed, passed, passed]);
  expect(folders).toEqual(['broker-1']);
});

it('a broker that does not start fails its seed with its own line; the next one has another', async () => {
  const { outcomes, folders, ran } = await outcomesOf({ seeds: 3, refusing: [1] });
  expect(outcomes).toMatchObject([
    { seed: 1, result: undefined, failures: ['Kafka did not start', `the broker said: ${refusal}`] },
    { seed: 2, ...passed },
    { seed: 3, ...passed },
  ]);
  expect(ran).toEqual([2, 3]);
  expect(folders).toEqual(['broker-1', 'broker-2']);
});

it('where none starts, each seed has one try and fails', async () => {
  const { outcomes, folders, ran } = await outcomesOf({ seeds: 3, refusing: [1, 2, 3] });
  expect(outcomes.map(({ failures }) => failures.length)).toEqual([2, 2, 2]);
  expect({ ran, folders }).toEqual({ ran: [], folders: ['broker-1', 'broker-2', 'broker-3'] });
});

it('a sick broker fails the seed even where all was found in order, and serves no other', async () => {
  const { outcomes, folders, ran } = await outcomesOf({
    seeds: 3,
    run: async (seed, log) => {
      if (seed === 2) await appendFile(log, `${outOfSync}\n2026-01-10 12:00:01,000 ERROR Other: later\n`);
      return result;
    },
  });
  expect(outcomes.map(({ failures }) => failures)).toEqual([[], [`the broker said: ${outOfSync}`], []]);
  expect({ ran, folders }).toEqual({ ran: [1, 2, 3], folders: ['broker-1', 'broker-2'] });
});

it('a seed that fails for what it found, or does not come to its end, is not tried again', async () => {
  const { outcomes, folders, ran } = await outcomesOf({
    seeds: 3,
    run: (seed) => {
      if (seed === 1) return Promise.reject(new Error('lag never came back to 0'));
      return Promise.resolve(seed === 2 ? { ...result, faults_found: ['1 doubled'] } : result);
    },
  });
  expect(outcomes.map(({ failures }) => failures)).toEqual([['lag never came back to 0'], ['1 doubled'], []]);
  expect({ ran, folders }).toEqual({ ran: [1, 2, 3], folders: ['broker-1', 'broker-2', 'broker-3'] });
});

it.runIf(full)(
  'a real broker that refuses once costs one seed',
  async () => {
    let starts = 0;
    const stand = await openStand({
      startKafka: async (options) => {
        starts += 1;
        if (starts === 1) {
          // Of another cluster than no cluster: Kafka refuses such a folder.
          await mkdir(join(options.dir, 'data'), { recursive: true });
          await writeFile(join(options.dir, 'data', 'meta.properties'), 'version=1\nnode.id=7\n');
        }
        return await startKafka(options);
      },
    });
    try {
      const seeds = [1, 2].map((seed): PlannedSeed => ({ part: 'ingest', seed }));
      const outcomes = await runSeeds(stand, seeds, () => undefined);
      expect(outcomes[0]?.failures).toEqual([
        expect.stringContaining('Kafka did not start'),
        expect.stringMatching(/^the broker said: .*ERROR/),
      ]);
      expect(outcomes[1]?.failures).toEqual([]);
    } finally {
      await stand.close();
    }
  },
  240_000,
);
