import { writeFile } from 'node:fs/promises';

import { z } from 'zod';

import { appName } from '../../../schemas/api-key.ts';
import { TacitError } from '../../../schemas/errors.ts';
import { fixCut } from '../../jobs/cut.ts';
import { readManifest } from '../../jobs/datasets.ts';
import { effects } from '../../jobs/effects/effects.ts';
import { reportPage } from '../../jobs/effects/page/report-page.ts';
import { engineCommand } from '../command.ts';
import { planFromFile } from '../plan-from-file.ts';
import { effectsText } from '../terminal/effects-text.ts';

export const effectsCommand = engineCommand({
  name: 'effects',
  summary: 'what each signal goes with in a later metric, alone and together, with intervals and a verdict',
  examples: [
    'tacit effects',
    'tacit effects --outcome rating --json',
    'tacit effects --plan plan.json --html effects.html',
  ],
  flags: [
    { flags: '--outcome <name>', says: 'the metric to explain (default: the only one of the app)' },
    { flags: '--plan <file>', says: 'an analysis plan as JSON; what it leaves out has its default' },
    { flags: '--seed <seed>', says: 'of what is drawn at random (default: that of the plan)' },
    { flags: '--dataset <id>', says: 'leave out what the build of this dataset marked as outliers' },
    { flags: '--html <file>', says: 'also write the report as a page that needs nothing else' },
  ],
  perApp: true,
  paths: ['plan', 'html'],
  options: z.object({
    app: appName,
    outcome: z.string().min(1).optional(),
    plan: z.string().min(1).optional(),
    seed: z.string().min(1).optional(),
    dataset: z.string().min(1).optional(),
    html: z.string().min(1).optional(),
  }),
  async run({ engines, caughtUp, random, settings }, { app, outcome, plan, seed, dataset, html }, report) {
    const written = plan === undefined ? {} : await planFromFile(plan);
    await caughtUp();
    const warehouse = await engines.warehouse();
    if (dataset !== undefined && !(await readManifest(warehouse, app, dataset)))
      throw new TacitError('misuse', `no dataset ${dataset}: tacit datasets lists them`);
    const found = await effects({
      warehouse,
      app,
      cut: await fixCut(warehouse, app),
      plan: written,
      ...(outcome === undefined ? {} : { outcome }),
      ...(seed === undefined ? {} : { seed }),
      timeZone: settings.timeZone,
      buildId: dataset,
      runId: Buffer.from(random(8)).toString('hex'),
      onProgress: (step) => {
        report.progress(step, 0);
      },
    });
    if (html !== undefined) await writeFile(html, reportPage(found));
    return found;
  },
  text: effectsText,
});
