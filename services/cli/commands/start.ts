import { join } from 'node:path';

import type { Command } from 'commander';

import { createWorld } from '../../../pipelines/worlds/create-world.ts';
import type { BuildReport, ExportReport } from '../../../schemas/build-report.ts';
import { cohortCounts } from '../../console/queries/cohort-counts.ts';
import { agreementWithScores } from '../../jobs/agreement.ts';
import { fixCut } from '../../jobs/cut.ts';
import { createShutdown } from '../../settings/shutdown.ts';
import type { EngineCommand, Report } from '../command.ts';
import type { Machine } from '../machine.ts';
import { sendAll } from '../sending/send-all.ts';
import { waitUntilQueryable } from '../sending/wait-until-queryable.ts';
import { withKey, type RunCommand } from '../sending/with-destination.ts';
import { worldBatches, worldStartMs } from '../sending/world-batches.ts';
import { openServe, type Serve } from '../serve/open-serve.ts';
import { createTerminalReport } from '../terminal/terminal-report.ts';
import { buildCommand } from './build.ts';
import { exportCommand } from './export.ts';
import { startSummary, type StartResult } from './start-summary.ts';
import { statsCommand } from './stats.ts';
import { withExamples } from './with-examples.ts';

const app = 'default';
const worldOptions = {
  world: 'confounded',
  annotators: 200,
  days: 28,
  seed: '1',
  startMs: worldStartMs,
} as const;

/** `npm start`: the whole loop on a simulated world, then a server to look at. */
export function addStartCommand(program: Command, machine: Machine): void {
  const command = program
    .command('start', { hidden: true })
    .description('run the whole loop on a simulated world on the embedded engines, and leave the server up')
    .option('--exit', 'end when the summary is printed')
    .option('--json', 'one JSON object on standard output, nothing else');
  withExamples(command, ['npm start', 'npm start -- --exit']);
  command.action(async () => {
    const { exit = false, json = false } = command.opts<{ exit?: boolean; json?: boolean }>();
    const shutdown = createShutdown(machine.process);
    const report = createTerminalReport(machine.stderr, () => undefined);
    report.progress('Opening the engines', 0);
    const serve = await openServe(machine);
    shutdown.before(() => serve.close());
    serve.stratified.catch((fault: unknown) => {
      shutdown.request(fault);
    });
    try {
      const result = await wholeLoop(serve, machine, report, shutdown.signal);
      report.end();
      if (result) machine.stdout.write(json ? `${JSON.stringify(result)}\n` : `${startSummary(result)}\n`);
      if (result && !json && !exit)
        machine.stdout.write(`\nTacit serves at ${serve.address} until Ctrl-C.\n`);
      if (exit) shutdown.request();
    } catch (fault) {
      shutdown.request(fault);
    } finally {
      report.end();
    }
    await shutdown.finished();
  });
}

/** @returns undefined when the end was asked for on the way */
async function wholeLoop(
  serve: Serve,
  machine: Machine,
  report: Report,
  signal: AbortSignal,
): Promise<StartResult | undefined> {
  const { context, address } = serve;
  const run: RunCommand = (command, options, itsReport) => serve.run(command.name, options, itsReport);
  const runAs = async <Result>(command: EngineCommand, options: object) =>
    (await run(command, options, report)) as Result;
  const warehouse = await context.engines.warehouse();
  const world = createWorld(worldOptions);

  const missing = await missingEvents(serve, world);
  if (missing.count > 0) {
    await withKey(app, run, report, async (key) => {
      const destination = { url: address, key, sleep: machine.sleep, clock: machine.clock };
      const onSent = (events: number) => {
        report.progress('Sending simulated events', events, missing.count);
      };
      const { receipts } = await sendAll(worldBatches(world, missing.known), destination, onSent, signal);
      await waitUntilQueryable(receipts, destination, (queryable) => {
        report.progress('Waiting until queryable', queryable, receipts.length);
      });
    });
  }
  if (signal.aborted) return undefined;

  report.progress('Counting', 0);
  const stats = await runAs<StartResult['stats']>(statsCommand, { app });
  const { cohorts } = await cohortCounts(warehouse, app, (await fixCut(warehouse, app)).places);
  const built = await runAs<BuildReport>(buildCommand, { app });
  const out = join(machine.settings.dataDir, 'exports', built.dataset);
  const exported = await runAs<ExportReport>(exportCommand, {
    app,
    dataset: built.dataset,
    format: 'trl-dpo',
    out,
  });
  // The truth is known here because the world was made here; nothing of it is in the events.
  const quality = new Map(Array.from(world.turnTruths(), (truth) => [truth.turn_id, truth.quality] as const));
  const agreement = await agreementWithScores(warehouse, app, built.dataset, quality);
  return {
    address,
    world: worldOptions,
    resumed: missing.count === 0,
    stats,
    cohorts,
    built,
    exported,
    agreement,
  };
}

/** What of the world is not stored yet: all of it at first, nothing after a run that ended, the rest after another. */
async function missingEvents({ context }: Serve, world: ReturnType<typeof createWorld>) {
  await context.caughtUp();
  const warehouse = await context.engines.warehouse();
  const rows = await warehouse.query<{ id: string }>({
    sql: `SELECT toString(event_id) AS id FROM events WHERE app = {app:String}
      UNION DISTINCT SELECT event_id AS id FROM dead_letters WHERE app = {app:String}`,
    parameters: { app },
  });
  const known = new Set(rows.map(({ id }) => id));
  let count = 0;
  for (const { events } of world.requests())
    for (const { event_id } of events) if (!known.has(event_id)) count += 1;
  return { known, count };
}
