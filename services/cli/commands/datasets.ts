import { z } from 'zod';

import { appName } from '../../../schemas/api-key.ts';
import { listDatasets } from '../../jobs/datasets.ts';
import { engineCommand } from '../command.ts';
import { tableText } from '../terminal/table.ts';

export const datasetsCommand = engineCommand({
  name: 'datasets',
  summary: 'list dataset versions, the latest first',
  examples: ['tacit datasets', 'tacit datasets --app shop --json'],
  flags: [],
  perApp: true,
  options: z.object({ app: appName }),
  async run({ engines }, { app }) {
    return { datasets: await listDatasets(await engines.warehouse(), app) };
  },
  text: ({ datasets }) =>
    datasets.length === 0
      ? 'no dataset yet: tacit build makes one'
      : tableText(
          ['dataset', 'built', 'pairs', 'train', 'test', 'annotators', 'from events', 'pairs erased since'],
          datasets.map(({ dataset, created_at, pairs, rows, annotators, events, pairs_erased }) => [
            dataset,
            created_at,
            pairs,
            rows.train,
            rows.test,
            annotators,
            events,
            pairs_erased,
          ]),
        ),
});
