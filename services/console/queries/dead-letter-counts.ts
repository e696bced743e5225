import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

export interface DeadLetterCount {
  readonly reason: string;
  readonly events: number;
  readonly last_received_ms: number;
}

/** Events that were not taken, by reason, most first. */
export async function deadLetterCounts(warehouse: Warehouse, app: string): Promise<DeadLetterCount[]> {
  return await warehouse.query<DeadLetterCount>({
    sql: `SELECT reason, count() AS events, max(received_ms) AS last_received_ms
      FROM dead_letters FINAL WHERE app = {app:String} GROUP BY reason ORDER BY events DESC, reason`,
    parameters: { app },
  });
}

/** Every app that sent anything, by name. */
export async function knownApps(warehouse: Warehouse): Promise<string[]> {
  const rows = await warehouse.query<{ app: string }>({
    sql: 'SELECT app FROM events GROUP BY app UNION DISTINCT SELECT app FROM dead_letters GROUP BY app UNION DISTINCT SELECT app FROM runs GROUP BY app',
  });
  return rows.map(({ app }) => app).sort();
}
