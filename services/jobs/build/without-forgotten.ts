import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { finishErasures } from '../forget/finish.ts';

/**
 * Who is forgotten while a build runs may have been read before. Call it first, and what it returns when the dataset
 * stands: whoever was erased in between leaves it. An erasure is written down before it looks for rows, so one of the
 * two finds them.
 */
export async function watchErasures(
  warehouse: Warehouse,
  app: string,
): Promise<(dataset: string) => Promise<void>> {
  const erasures = async () =>
    (
      await warehouse.query<{ id: string }>({
        sql: 'SELECT DISTINCT toString(erasure_id) AS id FROM erasures WHERE app = {app:String}',
        parameters: { app },
      })
    ).map(({ id }) => id);
  const knownErasures = await erasures();
  const known = new Set(knownErasures);
  return async (dataset) => {
    if ((await erasures()).some((id) => !known.has(id)))
      await finishErasures(warehouse, app, { dataset, knownErasures });
  };
}
