import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

import { z } from 'zod';

import { appName } from '../../../schemas/api-key.ts';
import { rowFilter } from '../../../schemas/build-report.ts';
import type { BuildReport } from '../../../schemas/build-report.ts';
import { TacitError } from '../../../schemas/errors.ts';
import { build } from '../../jobs/build/build.ts';
import { fixCut } from '../../jobs/cut.ts';
import { engineCommand } from '../command.ts';
import { planFromFile } from '../plan-from-file.ts';
import { countText, tableText } from '../terminal/table.ts';

const day = z.iso.date({ error: 'must be a date such as 2026-05-01' });
const share = z.coerce
  .number({ error: 'must be a number' })
  .min(0, { error: 'must be from 0' })
  .max(1, { error: 'must be up to 1' });

export const buildCommand = engineCommand({
  name: 'build',
  summary: 'make a new immutable dataset version from what people did, and print the funnel by reason',
  examples: [
    'tacit build',
    'tacit build --app shop --outcome retention --json',
    'tacit build --since 2026-05-01 --exclude-dataset ds-3f9c2a7e51b04d683c11 --replay 0.2',
    'tacit build --language en --character mira captain --decontaminate ./eval-seeds.jsonl',
  ],
  flags: [
    {
      flags: '--seed <seed>',
      says: 'of what is drawn at random; same input and seed, same bytes (default: 1)',
    },
    {
      flags: '--outcome <name>',
      says: 'metric to hold the reactions against (default: the only one of the app)',
    },
    {
      flags: '--plan <file>',
      says: 'an analysis plan as JSON; "anchor": "report" builds also against the outcome',
    },
    { flags: '--least-p <chance>', says: 'least chance that chosen is the better (default: 0.8)' },
    { flags: '--since <date>', says: 'only replies from this day on (UTC)' },
    { flags: '--until <date>', says: 'only replies before this day (UTC)' },
    { flags: '--model-version <versions...>', says: 'only replies of these models' },
    { flags: '--language <languages...>', says: 'only replies in these languages: en, zh, other' },
    { flags: '--character <ids...>', says: 'only replies of these characters' },
    { flags: '--exclude-dataset <ids...>', says: 'only what these datasets do not hold' },
    {
      flags: '--replay <share>',
      says: 'so much of the pairs may come from the excluded datasets (default: 0)',
    },
    { flags: '--cross-model', says: 'also compare replies of different model versions' },
    { flags: '--decontaminate <files...>', says: 'leave out what looks like the texts of these files' },
  ],
  perApp: true,
  paths: ['plan', 'decontaminate'],
  options: z.object({
    app: appName,
    seed: z.string().min(1).default('1'),
    crossModel: z.boolean().default(false),
    outcome: z.string().min(1).optional(),
    plan: z.string().min(1).optional(),
    leastP: share.min(0.5, { error: 'must be from 0.5 to 1' }).optional(),
    since: day.optional(),
    until: day.optional(),
    modelVersion: z.array(z.string()).optional(),
    language: z.array(z.string()).optional(),
    character: z.array(z.string()).optional(),
    excludeDataset: z.array(z.string()).optional(),
    replay: share.max(0.95, { error: 'must be from 0 to 0.95' }).optional(),
    decontaminate: z.array(z.string()).optional(),
  }),
  async run({ engines, caughtUp, clock, random, version }, options, report) {
    const plan = options.plan === undefined ? undefined : await planFromFile(options.plan);
    const evaluations = await Promise.all((options.decontaminate ?? []).map(evaluationFromFile));
    await caughtUp();
    const warehouse = await engines.warehouse();
    return await build({
      warehouse,
      app: options.app,
      cut: await fixCut(warehouse, options.app),
      clock,
      seed: options.seed,
      codeVersion: version,
      crossModel: options.crossModel,
      ...(options.leastP === undefined ? {} : { leastP: options.leastP }),
      ...(options.replay === undefined ? {} : { replayShare: options.replay }),
      ...(options.outcome === undefined ? {} : { outcome: options.outcome }),
      ...(plan === undefined ? {} : { plan }),
      filter: rowFilter.parse({
        since: options.since,
        until: options.until,
        model_versions: options.modelVersion,
        languages: options.language,
        characters: options.character,
        exclude_datasets: options.excludeDataset,
      }),
      evaluations,
      runId: Buffer.from(random(8)).toString('hex'),
      onProgress: (step, done, total) => {
        report.progress(step, done, total === 0 ? undefined : total);
      },
    });
  },
  text: buildText,
});

async function evaluationFromFile(file: string) {
  const content = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new TacitError('misuse', `${file} cannot be read`, { cause });
  });
  return { name: basename(file), content };
}

export function buildText({
  dataset,
  existed,
  pairs,
  splits,
  funnel,
  agreement,
  notes,
}: BuildReport): string {
  const rows = funnel.map(({ step, reason, count }) => [step, reason, count] as const);
  return [
    `dataset ${dataset}${existed ? ' (the same recipe was built before)' : ''}`,
    `${countText(pairs)} pairs: train ${countText(splits.train.pairs)}, validation ${countText(splits.validation.pairs)}, test ${countText(splits.test.pairs)}`,
    '',
    tableText(['step', 'reason', 'count'], rows),
    ...(agreement ? ['', agreementText(agreement, 'the human ranks that were held back')] : []),
    '',
    ...notes.map((note) => `note: ${note}`),
  ].join('\n');
}

/** How often the pairs have the better reply as chosen. */
export function agreementText({ agree, decided }: { agree: number; decided: number }, judge: string): string {
  if (decided === 0) return `pairs that ${judge} decide: none`;
  return `pairs agree with ${judge} in ${countText(agree)} of ${countText(decided)} decided: ${((100 * agree) / decided).toFixed(1)} %`;
}
