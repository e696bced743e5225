import { setTimeout as sleep } from 'node:timers/promises';

import { z } from 'zod';

import { appName } from '../../../schemas/api-key.ts';
import type { ForgetReport } from '../../../schemas/commands.ts';
import { limits } from '../../../schemas/limits.ts';
import { finishErasures } from '../../jobs/forget/finish.ts';
import { forget } from '../../jobs/forget/forget.ts';
import { missingBefore, topicEnds } from '../../jobs/lag.ts';
import { engineCommand, type CommandContext } from '../command.ts';
import { tableText } from '../terminal/table.ts';

/** How long at most the warehouse is waited for; what comes later no view shows, and `--finish` deletes. */
const patienceMs = 30_000;
const pauseMs = 100;

export const forgetCommand = engineCommand({
  name: 'forget',
  summary: 'erase a person: events, and what was made of them',
  examples: [
    'tacit forget user-4711 --dry-run',
    'tacit forget user-4711 --app shop --yes --json',
    'tacit forget --finish',
  ],
  positional: { name: 'annotator', says: "the person's annotator_id, as the app sends it", required: false },
  flags: [
    { flags: '--dry-run', says: 'only say what would go' },
    { flags: '--yes', says: 'do not ask on a terminal; elsewhere nobody is asked' },
    { flags: '--finish', says: 'delete what a replayed log or an erasure cut short has left; names nobody' },
  ],
  perApp: true,
  options: z
    .object({
      app: appName,
      annotator: z.string().min(1).max(limits.idLength).optional(),
      dryRun: z.boolean().optional(),
      yes: z.boolean().optional(),
      finish: z.boolean().optional(),
    })
    .refine(({ annotator, finish }) => (annotator === undefined) === (finish === true), {
      path: ['annotator'],
      error: 'has to be named, or --finish given instead',
    })
    .refine(({ dryRun, finish }) => !(dryRun === true && finish === true), {
      path: ['dryRun'],
      error: 'goes with a person, not with --finish',
    }),
  confirm: ({ app, annotator, dryRun, yes }) =>
    annotator === undefined || dryRun === true || yes === true
      ? undefined
      : `Erase ${annotator} of app ${app}, for good?`,
  async run(context, { app, annotator, dryRun = false }, report) {
    const { engines, clock, random } = context;
    const warehouse = await engines.warehouse();
    if (annotator === undefined) return await finishErasures(warehouse, app);
    const { pseudonyms, sealer } = await engines.access();
    const wireId = annotator.toWellFormed();
    return await forget({
      ...{ warehouse, eventLog: await engines.eventLog(), app, dryRun, clock, random },
      ...{ wireId, annotatorId: pseudonyms.of(app, wireId) },
      open: (sealed, place) => sealer.open(sealed, place),
      takenIn: () => takenIn(context),
      onProgress: (done, total) => {
        report.progress('erasing', done, total);
      },
    });
  },
  text: textOf,
});

/** Waits until what the log holds now stands in the warehouse, for a while. */
async function takenIn({ engines, caughtUp }: CommandContext): Promise<number> {
  const warehouse = await engines.warehouse();
  const ends = await topicEnds(await engines.eventLog());
  await caughtUp();
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    const missing = await missingBefore(ends, warehouse);
    if (missing === 0 || waitedMs >= patienceMs) return missing;
    await sleep(pauseMs);
  }
}

function textOf(report: ForgetReport): string {
  return [headOf(report), rowsText(report), datasetsText(report), pendingText(report)]
    .filter((part) => part !== '')
    .join('\n\n');
}

function headOf({ app, annotator_id, dry_run, rows }: ForgetReport): string {
  const isEmpty = Object.keys(rows).length === 0;
  if (annotator_id === null) return isEmpty ? 'nothing is left of who was forgotten' : 'erased';
  const who = `${annotator_id} of app ${app}`;
  if (dry_run) return isEmpty ? `nothing is stored of ${who}` : `of ${who} would be erased`;
  return isEmpty ? `nothing was stored of ${who}; now nothing received before counts` : `${who}: erased`;
}

function rowsText({ rows }: ForgetReport): string {
  const found = Object.entries(rows);
  return found.length === 0 ? '' : tableText(['rows of', 'count'], found);
}

function datasetsText({ annotator_id, datasets, dry_run }: ForgetReport): string {
  if (datasets.length === 0) return '';
  const whose = annotator_id === null ? 'their annotator_id' : `the annotator_id ${annotator_id}`;
  return `These datasets ${dry_run ? 'hold' : 'held'} such rows. Folders exported from them keep theirs: export again, or take out the lines with ${whose} in provenance.jsonl, and the rows that they stand for.

${tableText(
  ['dataset', 'rows'],
  datasets.map(({ dataset, rows }) => [dataset, rows]),
)}`;
}

function pendingText({ pending }: ForgetReport): string {
  return pending === 0
    ? ''
    : `${String(pending)} records of the log are not in the warehouse yet. Nothing will show the person's; tacit forget --finish deletes them later.`;
}
