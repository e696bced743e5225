import { z } from 'zod';

import { appName } from '../../../schemas/api-key.ts';
import { explainPair } from '../../jobs/explain.ts';
import { engineCommand } from '../command.ts';

export const explainCommand = engineCommand({
  name: 'explain',
  summary:
    'why a pair is in a dataset: context, both replies, what people did, what that counted for, how sure it is',
  examples: [
    'tacit explain 5f0c9e3a7d1b4c2e8f6a0d9b3c5e7f12',
    'tacit explain 5f0c9e3a7d1b4c2e8f6a0d9b3c5e7f12 --json',
  ],
  positional: { name: 'pair', says: 'id of the pair, as provenance.jsonl has it', required: true },
  flags: [
    { flags: '--dataset <dataset>', says: 'in this dataset (default: the newest that holds the pair)' },
  ],
  perApp: true,
  options: z.object({ app: appName, pair: z.string().min(1), dataset: z.string().min(1).optional() }),
  async run({ engines }, { app, pair, dataset }) {
    return await explainPair(await engines.warehouse(), app, pair, dataset);
  },
  text: ({ dataset, prompt, chosen, rejected, says }) =>
    [
      `Context, in ${dataset}:`,
      ...prompt.map(({ role, content }) => indented(`${role}: ${content}`)),
      '',
      'Chosen:',
      indented(chosen.text),
      '',
      'Rejected:',
      indented(rejected.text),
      '',
      ...says,
    ].join('\n'),
});

const indented = (text: string) => text.replaceAll(/^/gm, '  ');
