import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';

import type { Command } from 'commander';
import { z } from 'zod';

import { eventsFromOasstTree } from '../../../pipelines/oasst/events-from-tree.ts';
import { oasstTree } from '../../../pipelines/oasst/oasst-tree.ts';
import { appName } from '../../../schemas/api-key.ts';
import { TacitError } from '../../../schemas/errors.ts';
import type { Report } from '../command.ts';
import { linesOf } from '../lines-of.ts';
import type { Machine } from '../machine.ts';
import { optionsFrom } from '../options-from.ts';
import { lineBatches } from '../sending/event-lines.ts';
import { sendAll } from '../sending/send-all.ts';
import type { Destination } from '../sending/send-lines.ts';
import { waitUntilQueryable } from '../sending/wait-until-queryable.ts';
import { withDestination, type RunCommand } from '../sending/with-destination.ts';
import { countText } from '../terminal/table.ts';
import { createTerminalReport } from '../terminal/terminal-report.ts';
import { keepRanks, openDeadLetters } from './inner-commands.ts';
import { withExamples } from './with-examples.ts';

const formats = ['events', 'oasst'] as const;

const replayOptions = z.object({
  file: z.string().optional(),
  format: z.enum(formats, { error: `must be one of ${formats.join(', ')}` }),
  deadLetters: z.boolean().default(false),
  reason: z.string().optional(),
  app: appName,
  url: z.url({ error: 'must be an address such as http://127.0.0.1:8224' }).optional(),
  key: z.string().optional(),
});

type ReplayOptions = z.infer<typeof replayOptions>;

export function addReplayCommand(program: Command, machine: Machine): void {
  const command = program
    .command('replay')
    .description('send saved telemetry, or dead letters, through ingest and wait until it is queryable')
    .argument('[file]', 'JSON lines: one event a line, or one conversation tree a line')
    .option('--format <format>', 'events, or oasst (trees of Open Assistant)', 'events')
    .option('--dead-letters', 'send what was not taken once more, instead of a file')
    .option('--reason <reason>', 'with --dead-letters: only those with this reason')
    .option('--app <name>', 'which app, where no key names it', 'default')
    .option('--url <url>', 'server to send to (the one on the data directory is found by itself)')
    .option('--key <key>', 'API key with the scope write, for --url')
    .option('--json', 'one JSON object on standard output, nothing else');
  withExamples(command, [
    'tacit replay events.ndjson --format events',
    'tacit replay trees.jsonl --format oasst --app oasst',
    'tacit replay events.ndjson --url https://tacit.example.org --key "$KEY" --json',
    'tacit replay --dead-letters --reason time_out_of_range',
  ]);
  command.action(async () => {
    const { json = false, ...flags } = command.opts<{ json?: boolean }>();
    const [file] = command.args;
    const options = optionsFrom(
      replayOptions,
      { ...flags, ...(file === undefined ? {} : { file }) },
      'replay',
      'file',
    );
    if ((file === undefined) === !options.deadLetters) {
      throw new TacitError('misuse', 'name either a file or --dead-letters; see tacit replay --help');
    }
    if (file !== undefined) await assertReadable(file);
    const report = createTerminalReport(machine.stderr, () => undefined);
    try {
      const result = await withDestination(machine, options, report, (destination, run) =>
        replay(options, destination, run, report),
      );
      report.end();
      machine.stdout.write(json ? `${JSON.stringify(result)}\n` : `${textOf(result)}\n`);
    } finally {
      report.end();
    }
  });
}

async function replay(options: ReplayOptions, destination: Destination, run: RunCommand, report: Report) {
  const { lines, total } = await source(options, run, report);
  const sent = await sendAll(lineBatches(lines), destination, (events, sizeBytes) => {
    report.progress('Sending events', total === undefined ? events : sizeBytes, total);
  });
  const { duplicates } = await waitUntilQueryable(sent.receipts, destination, (receipts) => {
    report.progress('Waiting until queryable', receipts, sent.receipts.length);
  });
  return { sent: sent.sent, accepted: sent.accepted, duplicates, rejected: sent.rejected };
}

interface Source {
  readonly lines: Iterable<string> | AsyncIterable<string>;
  /** Bytes, for the progress bar; undefined: not known. */
  readonly total?: number;
}

async function source(
  { file, format, app, reason }: ReplayOptions,
  run: RunCommand,
  report: Report,
): Promise<Source> {
  if (file === undefined) {
    const lines: string[] = [];
    const row = (opened: object) => {
      if ('line' in opened && typeof opened.line === 'string') lines.push(opened.line);
    };
    const { unopened } = (await run(
      openDeadLetters,
      { app, ...(reason === undefined ? {} : { reason }) },
      { ...report, row },
    )) as {
      unopened: number;
    };
    if (unopened > 0)
      report.note(`${countText(unopened)} dead letters cannot be sent again: they are no single JSON text`);
    return { lines };
  }
  if (format === 'events') return { lines: linesOf(createReadStream(file)), total: (await stat(file)).size };
  const replays = (await readFile(file, 'utf8'))
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => eventsFromOasstTree(treeFrom(line, index + 1)));
  const ranks = replays.flatMap((tree) => tree.ranks);
  await run(keepRanks, { app, ranks }, report);
  report.note(
    `held back ${countText(ranks.length)} human ranks of ${countText(replays.length)} trees: build tells how often its pairs agree`,
  );
  return { lines: replays.flatMap(({ events }) => events.map((event) => JSON.stringify(event))) };
}

function treeFrom(line: string, lineNumber: number) {
  try {
    return oasstTree.parse(JSON.parse(line));
  } catch (error) {
    throw new TacitError('misuse', `line ${lineNumber} is no conversation tree of Open Assistant`, {
      cause: error,
    });
  }
}

async function assertReadable(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) throw new TacitError('misuse', `there is no file ${file}`);
}

function textOf({ sent, accepted, duplicates, rejected }: Awaited<ReturnType<typeof replay>>): string {
  return `sent ${countText(sent)}, accepted ${countText(accepted)}, duplicates ${countText(duplicates)}, rejected ${countText(rejected)}; all queryable`;
}
