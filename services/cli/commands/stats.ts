import { z } from 'zod';

import { appName } from '../../../schemas/api-key.ts';
import { fixCut } from '../../jobs/cut.ts';
import { stats } from '../../jobs/stats.ts';
import { engineCommand } from '../command.ts';
import { tableText } from '../terminal/table.ts';

export const statsCommand = engineCommand({
  name: 'stats',
  summary: 'what is stored: events by type, annotators, sessions, turns, duplicates, dead letters',
  examples: ['tacit stats', 'tacit stats --app shop --json'],
  flags: [],
  perApp: true,
  options: z.object({ app: appName }),
  async run({ engines, caughtUp }, { app }) {
    await caughtUp();
    const warehouse = await engines.warehouse();
    return await stats({ warehouse, app, cut: await fixCut(warehouse, app) });
  },
  text: ({ events, annotators, sessions, turns, duplicates, dead_letters, ...erased }) =>
    [
      tableText(['event', 'count'], Object.entries(events)),
      '',
      tableText(
        ['', 'count'],
        [
          ['annotators', annotators],
          ['sessions', sessions],
          ['turns', turns],
          ['duplicates', duplicates],
          ['dead letters', dead_letters],
          ...(erased.erased_annotators === 0
            ? []
            : ([
                ['annotators erased', erased.erased_annotators],
                ['events erased', erased.erased_events],
              ] as const)),
        ],
      ),
    ].join('\n'),
});
