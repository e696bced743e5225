import { z } from 'zod';

import { appName } from '../../../schemas/api-key.ts';
import { holdBackRanks } from '../../jobs/agreement.ts';
import { engineCommand } from '../command.ts';

/** Parts of other commands that need the engines; no command line names them. */

export const keepRanks = engineCommand({
  name: 'inner keep-ranks',
  summary: '',
  examples: [],
  flags: [],
  perApp: true,
  options: z.object({
    app: appName,
    ranks: z.array(z.object({ group_id: z.string(), turn_id: z.string(), rank: z.int() })),
  }),
  async run({ engines }, { app, ranks }) {
    await holdBackRanks(await engines.warehouse(), app, ranks);
    return { kept: ranks.length };
  },
  text: ({ kept }) => String(kept),
});

interface SealedRow {
  readonly receipt: string;
  readonly request_index: number;
  readonly sealed: string;
}

/**
 * Rows: `{ line }`, each event once, as it came. Left out are events that were taken after all, and what was refused
 * behind the log: that is no event of the API any more.
 */
export const openDeadLetters = engineCommand({
  name: 'inner open-dead-letters',
  summary: '',
  examples: [],
  flags: [],
  perApp: true,
  options: z.object({ app: appName, reason: z.string().optional() }),
  async run({ engines, caughtUp }, { app, reason }, report) {
    await caughtUp();
    const warehouse = await engines.warehouse();
    const { sealer } = await engines.access();
    const rows = await warehouse.query<SealedRow>({
      sql: `SELECT toString(receipt) AS receipt, request_index, sealed FROM dead_letters_kept(app = {app:String})
        WHERE sealed != '' AND ({reason:String} = '' OR reason = {reason:String})
          AND reason NOT IN ('refused_by_warehouse', 'unreadable_record')
          AND (annotator_id, event_id) NOT IN
            (SELECT annotator_id, toString(event_id) FROM events WHERE app = {app:String})
        ORDER BY received_ms, receipt, request_index`,
      parameters: { app, reason: reason ?? '' },
    });
    const lines = new Set<string>();
    let unopened = 0;
    for (const { receipt, request_index, sealed } of rows) {
      const bytes = sealer.open(sealed, { app, receipt, index: request_index });
      const line = bytes?.toString('utf8').trim() ?? '';
      // What spans lines was no event and cannot be put into a request of lines.
      if (line === '' || line.includes('\n')) unopened += 1;
      else lines.add(line);
    }
    for (const line of lines) report.row({ line });
    return { unopened };
  },
  text: ({ unopened }) => String(unopened),
});
