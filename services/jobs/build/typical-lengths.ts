import type { AsOf } from '../../../pipelines/pairs/queries.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

interface LengthRow {
  readonly character_id: string;
  readonly length_chars: number;
}

/** Median characters of each character's replies. */
export async function readTypicalLengths(
  warehouse: Warehouse,
  { app, places }: AsOf,
): Promise<ReadonlyMap<string, number>> {
  const rows = await warehouse.query<LengthRow>({
    sql: `
SELECT character_id, quantileExactLow(.5)(length_chars) AS length_chars
FROM
(
    SELECT min(character_id) AS character_id, sum(lengthUTF8(content)) AS length_chars
    FROM conversation_events(app = {app:String}, cut = {cut:Array(UInt64)})
    WHERE type = 'turn' AND role = 'assistant'
    GROUP BY annotator_id, reply_id
)
GROUP BY character_id`,
    parameters: { app, cut: places },
  });
  return new Map(rows.map((row) => [row.character_id, row.length_chars]));
}
