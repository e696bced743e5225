import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { z } from 'zod';

import { appName } from '../../../schemas/api-key.ts';
import { TacitError } from '../../../schemas/errors.ts';
import { fixCut } from '../../jobs/cut.ts';
import { requireManifest } from '../../jobs/datasets.ts';
import { chatCompletion } from '../../jobs/judge/chat-completion.ts';
import { judgeDataset } from '../../jobs/judge/judge-dataset.ts';
import { judgeSettingsFor } from '../../jobs/judge/judge-settings.ts';
import { engineCommand } from '../command.ts';

export const judgeCommand = engineCommand({
  name: 'judge',
  summary: 'asks a model about the chosen replies of a dataset and keeps its verdicts; off unless configured',
  examples: [
    'tacit judge ds-5f0c9e3a --settings judge.json --dry-run',
    'tacit judge ds-5f0c9e3a --settings judge.json --max-calls 500',
  ],
  positional: { name: 'dataset', says: 'id of the dataset, as tacit datasets lists it', required: true },
  flags: [
    {
      flags: '--settings <file>',
      says: 'JSON: endpoint, model, key, and apps.NAME.judge.send_text, without which nothing is sent',
    },
    { flags: '--max-calls <count>', says: 'how many requests at most (default: 100)' },
    { flags: '--dry-run', says: 'count requests, replies and characters; send nothing' },
    { flags: '--human <prefix>', says: 'judges of quality events who are people begin so (default: human)' },
  ],
  perApp: true,
  paths: ['settings'],
  options: z.object({
    app: appName,
    dataset: z.string().min(1),
    settings: z.string().min(1),
    maxCalls: z.coerce.number().int().min(1).max(1e6).default(100),
    dryRun: z.boolean().default(false),
    human: z.string().min(1).default('human'),
  }),
  async run({ engines, caughtUp }, { app, dataset, settings: file, maxCalls, dryRun, human }, report) {
    const json = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new TacitError('misuse', `the settings ${file} cannot be read`, { cause });
    });
    const settings = judgeSettingsFor(json, app);
    await caughtUp();
    const warehouse = await engines.warehouse();
    await requireManifest(warehouse, app, dataset);
    return await judgeDataset({
      warehouse,
      app,
      datasetId: dataset,
      judge: settings.name ?? settings.model,
      cut: await fixCut(warehouse, app),
      human,
      maxCalls,
      dryRun,
      ask: (messages) => chatCompletion(settings, messages, (ms) => sleep(ms)),
      onProgress: (done, total) => {
        report.progress('Asking the judge', done, total);
      },
    });
  },
  text: ({
    judge,
    candidates,
    known,
    calls,
    asked,
    characters,
    left,
    dry_run,
    verdicts,
    unreadable,
    human,
  }) =>
    [
      `${candidates} chosen replies, ${known} with a verdict of ${judge} already.`,
      dry_run
        ? `${calls} requests would ask about ${asked} replies and send ${characters} characters; ${left} replies would be left.`
        : `${calls} requests asked about ${asked} replies and sent ${characters} characters: ${verdicts} verdicts, ${unreadable} answers unreadable; ${left} replies left.`,
      human.replies === 0
        ? 'No reply has a score by people too: the judge may drop nothing.'
        : `On ${human.replies} replies that people scored too they agree on ${(100 * human.agreement).toFixed(0)} % (kappa ${human.kappa.toFixed(2)}): the judge ${human.mayDrop ? 'may drop what it puts below the bound' : 'may drop nothing yet; it takes 100 replies and a kappa of .4'}.`,
    ].join('\n'),
});
