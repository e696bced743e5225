/**
 * `npm run test:faults [-- --part ingest|stratify|broker|warehouse] [--seeds N] [--from S]`, or `-- --warehouse-stop
 * [--seconds 300]`: seeded faults on real processes, a real broker and the ClickHouse test server. The same seed makes the same telemetry and the same plan of
 * faults; when exactly a fault meets the code is the machine's.
 */
import { parseArgs } from 'node:util';

import { missingForKafka } from '../../infra/kafka/fetch-jars.ts';
import { runSeed, type SeedResult } from './harness/run-seed.ts';
import { parts, type Part } from './harness/schedule.ts';
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
  const results: SeedResult[] = [];
  let failures = 0;
  const from = Number(values.from);
  try {
    if (values['warehouse-stop']) return (await warehouseStop(stand, Number(values.seconds))) ? 0 : 1;
    for (const part of wanted) {
      for (let seed = from; seed < from + Number(values.seeds); seed += 1) {
        const result = await oneSeed(part, seed);
        if (result === undefined || result.faults_found.length > 0) failures += 1;
        if (result !== undefined) results.push(result);
      }
    }
  } finally {
    await stand.close();
  }
  console.log(`\n${tableOf(results)}`);
  return failures === 0 ? 0 : 1;

  async function oneSeed(part: Part, seed: number): Promise<SeedResult | undefined> {
    const beganMs = performance.now();
    const named = `${part} seed ${String(seed)}`;
    try {
      const result = await runSeed(stand, { part, seed });
      const { acknowledged, retried, restarts, settleMs, faults, faults_found: found } = result;
      const seconds = ((performance.now() - beganMs) / 1000).toFixed(1);
      console.log(
        `${found.length === 0 ? 'ok  ' : 'FAIL'} ${named}: ${String(acknowledged)} acknowledged, ${String(retried)} requests retried, ${String(restarts)} restarts, lag 0 after ${(settleMs / 1000).toFixed(1)} s, ${seconds} s in all [${faults.join(' ')}]`,
      );
      for (const fault of found) console.log(`     ${fault}`);
      return result;
    } catch (error) {
      console.log(`FAIL ${named}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }
}

/** The warehouse is away for minutes under load: no event is refused, none is lost, and the lag is shown. */
async function warehouseStop(stand: Stand, seconds: number): Promise<boolean> {
  const requestsPerSecond = 25;
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
