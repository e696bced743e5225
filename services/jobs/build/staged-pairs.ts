import type { BuildContext } from './build-context.ts';
import { createRowWriter } from './row-writer.ts';

/** What the draw decided about a pair. */
export interface DrawnPair {
  readonly pair_id: string;
  readonly weight: number;
  readonly inclusion: number;
  readonly group_share: number;
}

/**
 * Keeps candidates, texts included, in a table of their own until it is known which are drawn. Texts then go from
 * table to table inside the engine.
 * @param runId letters and digits that no other run has
 */
export async function createStagedPairs({ warehouse, buildId, asOf }: BuildContext, runId: string) {
  const name = `${buildId.replaceAll('-', '_')}_${runId}`;
  const [pairs, drawn] = [`staged_pairs_${name}`, `drawn_pairs_${name}`];
  const drop = async () => {
    for (const table of [pairs, drawn])
      await warehouse.command({ sql: `DROP TABLE IF EXISTS ${table} SYNC` });
  };
  await drop();
  await warehouse.command({
    sql: `CREATE TABLE ${pairs} AS dataset_pairs ENGINE = MergeTree ORDER BY pair_id`,
  });
  await warehouse.command({
    sql: `CREATE TABLE ${drawn} (pair_id String, weight Float64, inclusion Float64, group_share Float64) ENGINE = MergeTree ORDER BY pair_id`,
  });
  const rows = createRowWriter(warehouse, pairs, { app: asOf.app, dataset_id: buildId });

  return {
    add: (row: object) => rows.add(row),
    /** Moves the drawn ones into the dataset. */
    async publish(chosen: Iterable<DrawnPair>): Promise<void> {
      await rows.end();
      const draw = createRowWriter(warehouse, drawn);
      for (const each of chosen) await draw.add(each);
      await draw.end();
      await warehouse.command({
        sql: `
INSERT INTO dataset_pairs
SELECT staged.* REPLACE (drawn.weight AS weight, drawn.inclusion AS inclusion, drawn.group_share AS group_share)
FROM ${pairs} AS staged
INNER JOIN ${drawn} AS drawn ON staged.pair_id = drawn.pair_id`,
      });
    },
    drop,
  };
}

export type StagedPairs = Awaited<ReturnType<typeof createStagedPairs>>;
