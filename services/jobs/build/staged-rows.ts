import type { BuildContext } from './build-context.ts';
import { createRowWriter } from './row-writer.ts';
import type { RangeRows } from './rows-of-range.ts';

/** What the draw decided about a pair. */
export interface DrawnPair {
  readonly pair_id: string;
  readonly weight: number;
  readonly inclusion: number;
  readonly group_share: number;
}

/** Rows of these tables of the dataset are kept apart until it is known which are drawn. */
const kinds = { pairs: 'pair_id', singles: 'single_id', groups: 'group_id' } as const;

/** Texts are inserted in blocks of so much, which stand in memory. */
const insertedBytes = 64 * 1024 * 1024;

/**
 * Keeps candidates in tables of the run, and their contexts beside them, each once: texts are put together and go into
 * the dataset inside the engine.
 * @param runId letters and digits that no other run has
 */
export async function createStagedRows({ warehouse, buildId }: BuildContext, runId: string) {
  const named = (kind: string) => `staged_${kind}_${buildId.replaceAll('-', '_')}_${runId}`;
  const [contexts, drawn] = [named('contexts'), named('drawn')];
  const tables = [...Object.keys(kinds).map(named), contexts, drawn];
  const command = (sql: string) => warehouse.command({ sql });
  const drop = async () => {
    for (const table of tables) await command(`DROP TABLE IF EXISTS ${table} SYNC`);
  };
  await drop();
  for (const [kind, id] of Object.entries(kinds))
    await command(`CREATE TABLE ${named(kind)} AS dataset_${kind} ENGINE = MergeTree ORDER BY ${id}`);
  await command(
    `CREATE TABLE ${contexts} (context String, prompt String) ENGINE = MergeTree ORDER BY context`,
  );
  await command(
    `CREATE TABLE ${drawn} (pair_id String, weight Float64, inclusion Float64, group_share Float64) ENGINE = MergeTree ORDER BY pair_id`,
  );
  const writers = {
    contexts: createRowWriter(warehouse, contexts),
    pairs: createRowWriter(warehouse, named('pairs')),
    singles: createRowWriter(warehouse, named('singles')),
    groups: createRowWriter(warehouse, named('groups')),
  };
  const kindsOfRows = ['contexts', 'pairs', 'singles', 'groups'] as const;

  const publish = (kind: keyof typeof kinds, staged: string) =>
    command(`
INSERT INTO dataset_${kind}
SELECT staged.* REPLACE (context.prompt AS prompt)
FROM ${contexts} AS context
INNER JOIN (${staged}) AS staged ON context.context = staged.prompt
SETTINGS min_insert_block_size_bytes = ${String(insertedBytes)}`);

  return {
    async add(rows: Pick<RangeRows, (typeof kindsOfRows)[number]>): Promise<void> {
      for (const kind of kindsOfRows) await writers[kind].addLines(rows[kind]);
    },
    /** Moves the drawn pairs, and all singles and groups, into the dataset. */
    async publish(chosen: Iterable<DrawnPair>): Promise<void> {
      const draw = createRowWriter(warehouse, drawn);
      for (const each of chosen) await draw.add(each);
      await draw.end();
      for (const kind of kindsOfRows) await writers[kind].end();
      await publish('singles', `SELECT * FROM ${named('singles')}`);
      await publish('groups', `SELECT * FROM ${named('groups')}`);
      await publish(
        'pairs',
        `
SELECT pair.* REPLACE (drawn.weight AS weight, drawn.inclusion AS inclusion, drawn.group_share AS group_share)
FROM ${named('pairs')} AS pair
INNER JOIN ${drawn} AS drawn ON pair.pair_id = drawn.pair_id`,
      );
    },
    drop,
  };
}

export type StagedRows = Awaited<ReturnType<typeof createStagedRows>>;
