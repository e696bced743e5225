/**
 * `npm run test:faults [-- --part ingest|stratify|broker|warehouse] [--seeds N] [--from S]`, or `-- --warehouse-stop
 * [--seconds 300]`: seeded faults on real processes, a real broker and the ClickHouse test server. The same seed makes the same telemetry and the same plan of
 * faults; when exactly a fault meets the code is the machine's.
 */
import { parseArgs } from 'node:util';

import { missingForKafka } from '../../infra/kafka/fetch-jars.ts';
import { runSeed, type SeedResult } from './harness/run-seed.ts';
import { runSeeds, type SeedOutcome } from './harness/run-seeds.ts';
import { parts } from './harness/schedule.ts';
import { openStand, type Stand } from './harness/stand.ts';

const { values } = parseArgs({
  options: {
    part: { type: 'string' },
    seeds: { type: 'string', default: '50' },
    from: { type: 'string', default: '1' },
    'warehouse-stop': { type: 'boolean', default: false },
    seconds: { type: 'string', default: '300' },
  },
});
process.exitCode = await main();

async function main(): Promise<number> {
  const wanted = parts.filter((part) => values.part === undefined || values.part === part);
  const missing = await missingForKafka();
  if (wanted.length === 0 || missing !== undefined) {
    console.error(missing ?? `--part is one of ${parts.join(', ')}`);
    return 2;
  }
  const stand = await openStand();
  try {
    if (values['warehouse-stop']) return (await warehouseStop(stand, Number(values.seconds))) ? 0 : 1;
    const numbers = Array.from({ length: Number(values.seeds) }, (_, index) => Number(values.from) + index);
    const seeds = wanted.flatMap((part) => numbers.map((seed) => ({ part, seed })));
    const outcomes = await runSeeds(stand, seeds, tell);
    console.log(`\n${tableOf(outcomes.flatMap(({ result }) => result ?? []))}`);
    return outcomes.every(({ failures }) => failures.length === 0) ? 0 : 1;
  } finally {
    await stand.close();
  }
}

function tell({ part, seed, result, failures, seconds }: SeedOutcome): void {
  const told =
    result === undefined
      ? 'not finished'
      : `${String(result.acknowledged)} acknowledged, ${String(result.retried)} requests retried, ${String(result.restarts)} restarts, lag 0 after ${(result.settleMs / 1000).toFixed(1)} s`;
  const faults = result === undefined ? '' : ` [${result.faults.join(' ')}]`;
  console.log(
    `${failures.length === 0 ? 'ok  ' : 'FAIL'} ${part} seed ${String(seed)}: ${told}, ${seconds.toFixed(1)} s in all${faults}`,
  );
  for (const failure of failures) console.log(`     ${failure}`);
}

/** The warehouse is away for minutes under load: no event is refused, none is lost, and the lag is shown. */
async function warehouseStop(stand: Stand, seconds: number): Promise<boolean> {
  const requestsPerSecond = 25;
  await stand.kafka.renew();
  const result = await runSeed(stand, {
    part: 'warehouse',
    seed: 1,
    plants: [],
    faults: [{ atMs: 2_000, kind: 'kill', forMs: seconds * 1000, pick: 0 }],
    requestsPerSecond,
    mostRequests: (seconds + 120) * requestsPerSecond,
  });
  const { acknowledged, lost, doubled, refusals, mostLag, settleMs, faults_found: found } = result;
  console.log(
    `warehouse away for ${String(seconds)} s: ${String(acknowledged)} events acknowledged, refused ${JSON.stringify(refusals)}, ` +
      `lost ${String(lost)}, doubled ${String(doubled)}, lag shown up to ${String(mostLag)} records, back to 0 within ${(settleMs / 1000).toFixed(1)} s of its return`,
  );
  for (const fault of found) console.log(`     ${fault}`);
  return found.length === 0 && Object.keys(refusals).length === 0 && mostLag > 0;
}

function tableOf(results: readonly SeedResult[]): string {
  const lines = parts.flatMap((part) => {
    const all = results.filter((result) => result.part === part);
    if (all.length === 0) return [];
    const sum = (of: (result: SeedResult) => number) => all.reduce((total, result) => total + of(result), 0);
    const cells = [
      part,
      all.length,
      sum(({ acknowledged }) => acknowledged),
      sum(({ lost }) => lost),
      sum(({ doubled }) => doubled),
      sum(({ columns }) => columns),
      sum(({ faults_found: found }) => found.length),
      (Math.max(...all.map(({ settleMs }) => settleMs)) / 1000).toFixed(1),
    ];
    return [`| ${cells.join(' | ')} |`];
  });
  return [
    '| part | seeds | acknowledged | lost | doubled | columns compared | faults found | longest until lag 0 (s) |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}
