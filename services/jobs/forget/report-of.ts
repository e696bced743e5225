import type { ForgetReport } from '../../../schemas/commands.ts';
import type { RowsFound } from './erase-rows.ts';
import { exportedTables } from './erased-counts.ts';

interface Forgotten {
  readonly app: string;
  /** Absent: unfinished erasures of anybody. */
  readonly annotatorId?: string;
  readonly dryRun?: boolean;
  /** Absent: nothing new was erased. */
  readonly erasedMs?: number;
  readonly found: readonly RowsFound[];
  /** Dead letters that did not say whose they are. */
  readonly nameless?: number;
  readonly pending: number;
}

const exported: ReadonlySet<string> = new Set(exportedTables);

/** What `forget --json` prints. */
export function reportOf({
  app,
  annotatorId,
  dryRun = false,
  erasedMs,
  found,
  nameless = 0,
  pending,
}: Forgotten): ForgetReport {
  const rows: Record<string, number> = {};
  const datasets = new Map<string, number>();
  for (const { table, dataset, rows: count } of found) {
    if (count === 0) continue;
    rows[table.name] = (rows[table.name] ?? 0) + count;
    if (exported.has(table.name)) datasets.set(dataset, (datasets.get(dataset) ?? 0) + count);
  }
  if (nameless > 0) rows['dead_letters'] = (rows['dead_letters'] ?? 0) + nameless;
  return {
    app,
    annotator_id: annotatorId ?? null,
    dry_run: dryRun,
    erased_at: erasedMs === undefined ? null : new Date(erasedMs).toISOString(),
    rows,
    datasets: [...datasets].map(([dataset, count]) => ({ dataset, rows: count })),
    pending,
  };
}
