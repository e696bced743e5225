import { z } from 'zod';

import { appName } from '../../../schemas/api-key.ts';
import { writeProbeSet } from '../../jobs/runs/probe-set.ts';
import { engineCommand } from '../command.ts';
import { countText } from '../terminal/table.ts';

export const probeSetCommand = engineCommand({
  name: 'probe-set',
  summary: 'write prompts to probe a training run with: held out, across characters, languages and depths',
  examples: ['tacit probe-set 3f9c2a7e51b04d68 --prompts 64 --out probes.jsonl'],
  positional: { name: 'dataset', says: 'id of the dataset, as datasets lists it', required: true },
  flags: [
    { flags: '--prompts <count>', says: 'how many (64)' },
    { flags: '--out <file>', says: 'file to write, JSON lines' },
  ],
  perApp: true,
  paths: ['out'],
  options: z.object({
    app: appName,
    dataset: z.string().min(1),
    prompts: z.coerce.number().int().min(1).max(10_000).default(64),
    out: z.string().min(1),
  }),
  async run({ engines }, options) {
    return await writeProbeSet({ warehouse: await engines.warehouse(), ...options });
  },
  text: ({ file, prompts, candidates, characters, tiers, languages, depths }) =>
    [
      `${countText(prompts)} of ${countText(candidates)} held-out prompts, of ${countText(characters)} characters: ${file}`,
      ...[tiers, languages, depths].map((counts) =>
        Object.entries(counts)
          .map(([name, count]) => `${name} ${countText(count)}`)
          .join(', '),
      ),
    ].join('\n'),
  failed: ({ prompts }) => prompts === 0,
});
