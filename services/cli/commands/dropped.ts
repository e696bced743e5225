import { z } from 'zod';

import { appName } from '../../../schemas/api-key.ts';
import { dropped, droppedStages } from '../../jobs/dropped.ts';
import { fixCut } from '../../jobs/cut.ts';
import { engineCommand } from '../command.ts';

export const droppedCommand = engineCommand({
  name: 'dropped',
  summary: 'list what was left out, and why',
  examples: [
    'tacit dropped',
    'tacit dropped --stage dead-letter',
    'tacit dropped --stage pair --reason tie --json',
  ],
  flags: [
    { flags: '--stage <stage>', says: `only ${droppedStages.join(', ')}` },
    { flags: '--reason <reason>', says: 'only those with this reason' },
  ],
  perApp: true,
  options: z.object({
    app: appName,
    stage: z.enum(droppedStages, { error: `must be one of ${droppedStages.join(', ')}` }).optional(),
    reason: z.string().optional(),
  }),
  async run({ engines, caughtUp }, { app, stage, reason }, report) {
    await caughtUp();
    const warehouse = await engines.warehouse();
    let rows = 0;
    for await (const row of dropped({ warehouse, app, cut: await fixCut(warehouse, app), stage, reason })) {
      report.row(row);
      rows += 1;
    }
    return { rows };
  },
  rowText: (row) => Object.values(row).filter(Boolean).join('  '),
  text: ({ rows }) => (rows === 0 ? 'nothing was left out' : ''),
});
