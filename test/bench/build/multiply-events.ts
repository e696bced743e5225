import type { Warehouse } from '../../../services/engines/warehouse/warehouse.ts';

const words =
  'amber basalt cedar dune ember fjord garnet heath iris jade kelp larch marble nettle opal pearl'.split(' ');

/**
 * Copies the events of one app into another until it has so many replies: other people with the same habits, and with
 * a word of their own in every few of what is said, so that no two chats are near-duplicates.
 * @returns replies shown in the new app
 */
export async function multiplyEvents(
  warehouse: Warehouse,
  from: string,
  to: string,
  replies: number,
): Promise<number> {
  const [base] = await warehouse.query<{ replies: number }>({
    sql: `SELECT count() AS replies FROM events FINAL WHERE app = {from:String} AND type = 'turn' AND role = 'assistant'`,
    parameters: { from },
  });
  const copies = Math.max(1, Math.round(replies / (base?.replies ?? 1)));
  for (let copy = 0; copy < copies; copy += 1) {
    const mark = `${words[copy % words.length] ?? ''}${words[Math.floor(copy / words.length) % words.length] ?? ''}`;
    await warehouse.command({
      sql: `
INSERT INTO events
SELECT * REPLACE (
    {to:String} AS app,
    concat(annotator_id, '-', {copy:String}) AS annotator_id,
    replaceRegexpAll(content, '([a-z]+ [a-z]+ [a-z]+) ', concat('\\\\1 ', {mark:String}, ' ')) AS content)
FROM (SELECT * FROM events FINAL WHERE app = {from:String})
SETTINGS max_insert_threads = 1`,
      parameters: { from, to, copy: String(copy), mark },
    });
  }
  return copies * (base?.replies ?? 0);
}
