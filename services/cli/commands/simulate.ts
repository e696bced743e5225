import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { Command } from 'commander';
import { z } from 'zod';

import { createWorld, type World } from '../../../pipelines/worlds/create-world.ts';
import { worldNames } from '../../../pipelines/worlds/world-settings.ts';
import { TacitError } from '../../../schemas/errors.ts';
import type { Report } from '../command.ts';
import type { Machine } from '../machine.ts';
import { optionsFrom } from '../options-from.ts';
import { sendAll } from '../sending/send-all.ts';
import { waitUntilQueryable } from '../sending/wait-until-queryable.ts';
import { worldBatches, worldStartMs } from '../sending/world-batches.ts';
import { countText } from '../terminal/table.ts';
import { createTerminalReport } from '../terminal/terminal-report.ts';
import { withExamples } from './with-examples.ts';

const wholeNumber = z.coerce
  .number({ error: 'must be a whole number' })
  .int({ error: 'must be a whole number' })
  .min(1, { error: 'must be 1 or more' });

const simulateOptions = z.object({
  world: z.enum(worldNames, { error: `must be one of ${worldNames.join(', ')}` }),
  annotators: wholeNumber.max(1e6),
  days: wholeNumber.max(3_650),
  seed: z.string().min(1),
  out: z.string().optional(),
  url: z.url({ error: 'must be an address such as http://127.0.0.1:8224' }).optional(),
  key: z.string().optional(),
});

export function addSimulateCommand(program: Command, machine: Machine): void {
  const command = program
    .command('simulate')
    .description('a simulated product with known truth: to files, or through the API of a running server')
    .option('--world <name>', worldNames.join(' or '), 'confounded')
    .option('--annotators <n>', 'people', '200')
    .option('--days <n>', 'simulated days', '28')
    .option('--seed <seed>', 'same seed, same world', '1')
    .option('--out <dir>', 'writes events.ndjson, truth.json, truth-turns.ndjson there')
    .option('--url <url>', 'sends the events to this server instead')
    .option('--key <key>', 'API key with the scope write, for --url')
    .option('--json', 'one JSON object on standard output, nothing else');
  withExamples(command, [
    'tacit simulate --world confounded --annotators 50 --days 14 --seed 7 --out ./world',
    'tacit simulate --world calm --url http://127.0.0.1:8224 --key "$KEY"',
  ]);
  command.action(async () => {
    const { json = false, ...flags } = command.opts<{ json?: boolean }>();
    const options = optionsFrom(simulateOptions, flags, 'simulate');
    const { out, url, key } = options;
    if ((out === undefined) === (url === undefined)) {
      throw new TacitError('misuse', 'name either --out DIR or --url URL; see tacit simulate --help');
    }
    const world = createWorld({ ...options, startMs: worldStartMs });
    const report = createTerminalReport(machine.stderr, () => undefined);
    try {
      const result =
        url === undefined
          ? await writeWorld(world, resolve(out ?? '.'), report)
          : await sendWorld(world, url, key, machine, report);
      report.end();
      machine.stdout.write(json ? `${JSON.stringify(result)}\n` : `${textOf(result)}\n`);
    } finally {
      report.end();
    }
  });
}

async function writeWorld(world: World, dir: string, report: Report) {
  await mkdir(dir, { recursive: true });
  let [events, turns] = [0, 0];
  function* eventLines() {
    for (const request of world.requests()) {
      for (const event of request.events) {
        // A file tells no clock of the device that sent it: its events bear true time.
        const { clockOffsetMs } = request;
        const occurred_at =
          clockOffsetMs === 0
            ? event.occurred_at
            : new Date(Date.parse(event.occurred_at) - clockOffsetMs).toISOString();
        events += 1;
        if (events % 1_000 === 0) report.progress('Writing events', events);
        yield `${JSON.stringify({ ...event, occurred_at })}\n`;
      }
    }
  }
  function* truthLines() {
    for (const truth of world.turnTruths()) {
      turns += 1;
      yield `${JSON.stringify(truth)}\n`;
    }
  }
  report.progress('Writing events', 0);
  await pipeline(Readable.from(eventLines()), createWriteStream(join(dir, 'events.ndjson')));
  report.progress('Writing the truth', 0);
  await pipeline(Readable.from(truthLines()), createWriteStream(join(dir, 'truth-turns.ndjson')));
  await writeFile(join(dir, 'truth.json'), `${JSON.stringify(world.truth(), null, 2)}\n`);
  return { dir, events, turns, files: ['events.ndjson', 'truth.json', 'truth-turns.ndjson'] };
}

async function sendWorld(
  world: World,
  url: string,
  key: string | undefined,
  machine: Machine,
  report: Report,
) {
  if (key === undefined)
    throw new TacitError('misuse', '--url needs --key: make one with tacit keys create --scope write');
  const destination = { url, key, sleep: machine.sleep, clock: machine.clock };
  const sent = await sendAll(worldBatches(world, new Set()), destination, (events) => {
    report.progress('Sending events', events);
  });
  const { duplicates } = await waitUntilQueryable(sent.receipts, destination, (receipts) => {
    report.progress('Waiting until queryable', receipts, sent.receipts.length);
  });
  return { url, sent: sent.sent, accepted: sent.accepted, duplicates, rejected: sent.rejected };
}

function textOf(result: Awaited<ReturnType<typeof writeWorld | typeof sendWorld>>): string {
  if ('dir' in result)
    return `${countText(result.events)} events, the truth about ${countText(result.turns)} replies: ${result.dir}`;
  return `sent ${countText(result.sent)}, accepted ${countText(result.accepted)}, duplicates ${countText(result.duplicates)}, rejected ${countText(result.rejected)}`;
}
