import { z } from 'zod';

import { appName } from '../../../schemas/api-key.ts';
import { diffDatasets } from '../../jobs/diff.ts';
import { engineCommand } from '../command.ts';
import { countText, tableText } from '../terminal/table.ts';

const two = 'must be two dataset ids, the earlier first';

export const diffCommand = engineCommand({
  name: 'diff',
  summary: 'how a dataset differs from an earlier one: added, removed and why, sides changed',
  examples: ['tacit diff ds-3f9c2a7e51b04d683c11 ds-90aa1c4b7d2e5f8a6b13'],
  positional: { name: 'datasets', says: 'two ids, the earlier first', required: true, many: true },
  flags: [],
  perApp: true,
  options: z.object({ app: appName, datasets: z.tuple([z.string(), z.string()], { error: two }) }),
  async run({ engines }, { app, datasets: [from, to] }) {
    return await diffDatasets(await engines.warehouse(), app, from, to);
  },
  text: ({ kept, added, removed, removed_by_reason, side_changed, annotators_moved }) =>
    [
      `${countText(kept)} pairs in both, ${countText(added)} added, ${countText(removed)} removed`,
      ...(removed === 0
        ? []
        : [
            tableText(
              ['removed, because', 'pairs'],
              removed_by_reason.map((entry) => [entry.reason, entry.count]),
            ),
          ]),
      `side changed: ${countText(side_changed)} pairs, ${countText(annotators_moved)} annotators`,
    ].join('\n'),
});
