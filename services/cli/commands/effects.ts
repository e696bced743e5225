import { readFile } from 'node:fs/promises';

import { z } from 'zod';

import { appName } from '../../../schemas/api-key.ts';
import { TacitError } from '../../../schemas/errors.ts';
import { fixCut } from '../../jobs/cut.ts';
import { effects } from '../../jobs/effects/effects.ts';
import { engineCommand } from '../command.ts';
import { effectsText } from '../terminal/effects-text.ts';

export const effectsCommand = engineCommand({
  name: 'effects',
  summary: 'what each signal goes with in a later metric, alone and together, with intervals and a verdict',
  examples: ['tacit effects', 'tacit effects --outcome rating --json', 'tacit effects --plan plan.json'],
  flags: [
    { flags: '--outcome <name>', says: 'the metric to explain (default: the only one of the app)' },
    { flags: '--plan <file>', says: 'an analysis plan as JSON; what it leaves out has its default' },
    { flags: '--seed <seed>', says: 'of what is drawn at random (default: that of the plan)' },
  ],
  perApp: true,
  paths: ['plan'],
  options: z.object({
    app: appName,
    outcome: z.string().min(1).optional(),
    plan: z.string().min(1).optional(),
    seed: z.string().min(1).optional(),
  }),
  async run({ engines, caughtUp, random }, { app, outcome, plan, seed }, report) {
    const written = plan === undefined ? {} : await planFrom(plan);
    await caughtUp();
    const warehouse = await engines.warehouse();
    return await effects({
      warehouse,
      app,
      cut: await fixCut(warehouse, app),
      plan: written,
      ...(outcome === undefined ? {} : { outcome }),
      ...(seed === undefined ? {} : { seed }),
      runId: Buffer.from(random(8)).toString('hex'),
      onProgress: (step) => {
        report.progress(step, 0);
      },
    });
  },
  text: effectsText,
});

async function planFrom(file: string): Promise<object> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new TacitError('misuse', `the plan ${file} cannot be read`, { cause });
  });
  try {
    return z.looseObject({}).parse(JSON.parse(text));
  } catch (cause) {
    throw new TacitError('misuse', `the plan ${file} is not a JSON object`, { cause });
  }
}
