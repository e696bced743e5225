import { z } from 'zod';

import { appName } from '../../../schemas/api-key.ts';
import type { BuildReport } from '../../../schemas/build-report.ts';
import { build } from '../../jobs/build/build.ts';
import { fixCut } from '../../jobs/cut.ts';
import { engineCommand } from '../command.ts';
import { countText, tableText } from '../terminal/table.ts';

export const buildCommand = engineCommand({
  name: 'build',
  summary: 'make a new immutable dataset version from what people did, and print the funnel by reason',
  examples: ['tacit build', 'tacit build --app shop --json', 'tacit build --cross-model'],
  flags: [
    {
      flags: '--seed <seed>',
      says: 'of what is drawn at random; same input and seed, same bytes (default: 1)',
    },
    { flags: '--cross-model', says: 'also compare replies of different model versions' },
    {
      flags: '--outcome <name>',
      says: 'metric that the pairs are meant to serve; not used by a build yet, which says so',
    },
  ],
  perApp: true,
  options: z.object({
    app: appName,
    seed: z.string().min(1).default('1'),
    crossModel: z.boolean().default(false),
    outcome: z.string().min(1).optional(),
  }),
  async run({ engines, caughtUp, clock, version }, { app, seed, crossModel, outcome }, report) {
    await caughtUp();
    const warehouse = await engines.warehouse();
    const cut = await fixCut(warehouse, app);
    const built = await build({
      warehouse,
      app,
      cut,
      clock,
      seed,
      codeVersion: version,
      crossModel,
      onProgress: (done, total) => {
        report.progress('Building from annotators', done, total);
      },
    });
    if (outcome === undefined) return built;
    const unchecked = `whether these reactions go with ${outcome} is no part of a build yet: see tacit effects --outcome ${outcome}`;
    return { ...built, notes: [...built.notes, unchecked] };
  },
  text: buildText,
});

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
    `${countText(pairs)} pairs: train ${countText(splits.train.pairs)}, test ${countText(splits.test.pairs)}`,
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
