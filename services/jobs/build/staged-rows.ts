import type { BuildContext } from './build-context.ts';
import { createRowWriter } from './row-writer.ts';
import type { RangeRows } from './rows-of-range.ts';
import type { WeighedRow } from './weigh-rows.ts';

/** What the draw decided about a pair. */
export interface DrawnPair extends WeighedRow {
  readonly inclusion: number;
  readonly group_share: number;
}

/** Rows of these tables of the dataset are kept apart until it is known which stay, and what they weigh. */
const kinds = ['pairs', 'singles', 'groups'] as const;
type Kind = (typeof kinds)[number];

const idOf = { pairs: 'pair_id', singles: 'single_id', groups: 'group_id' } as const;
/** What is decided about a row when all are known. */
const decided = {
  pairs: ['weight', 'inclusion', 'group_share'],
  singles: ['weight'],
  groups: ['weight'],
} as const satisfies Record<Kind, readonly (keyof DrawnPair)[]>;

/**
 * Texts stand in memory in blocks of so much before they are inserted, for what comes in small parts is compressed again
 * when the engine merges them, and sorting larger ones takes longer and several times their room; and of so many rows
 * before they are cut.
 */
const blocks = {
  min_insert_block_size_bytes: 64 * 1024 * 1024,
  max_block_size: 256,
  max_joined_block_size_rows: 1024,
};
const blockSettings = Object.entries(blocks).map(([name, value]) => `${name} = ${String(value)}`);

/**
 * Keeps candidates in tables of the run, and beside them the conversations that their contexts begin: contexts are put
 * together and go into the dataset inside the engine.
 * @param runId letters and digits that no other run has
 */
export async function createStagedRows({ warehouse, buildId }: BuildContext, runId: string) {
  const named = (kind: string) => `staged_${kind}_${buildId.replaceAll('-', '_')}_${runId}`;
  const chosenOf = (kind: Kind) => named(`chosen_${kind}`);
  const conversations = named('conversations');
  const command = (sql: string) => warehouse.command({ sql });
  const drop = async () => {
    for (const table of [...kinds.map(named), ...kinds.map(chosenOf), conversations])
      await command(`DROP TABLE IF EXISTS ${table} SYNC`);
  };
  await drop();
  // Written once and read once: nothing sorts or merges them.
  for (const kind of kinds) {
    const columns = decided[kind].map((column) => `${column} Float64`);
    await command(`CREATE TABLE ${chosenOf(kind)} (id String, ${columns.join(', ')}) ENGINE = Log`);
    await command(
      `CREATE TABLE ${named(kind)} ENGINE = Log EMPTY AS SELECT *, toUInt32(0) AS prompt_bytes FROM dataset_${kind}`,
    );
  }
  await command(`CREATE TABLE ${conversations} (conversation String, messages String) ENGINE = Log`);
  const writers = {
    contexts: createRowWriter(warehouse, conversations),
    pairs: createRowWriter(warehouse, named('pairs')),
    singles: createRowWriter(warehouse, named('singles')),
    groups: createRowWriter(warehouse, named('groups')),
  };
  let publishing: Promise<void> = Promise.resolve();

  async function publish(kind: Kind, chosen: Iterable<WeighedRow>): Promise<void> {
    const rows = createRowWriter(warehouse, chosenOf(kind));
    for (const each of chosen) await rows.add(each);
    for (const writer of [rows, writers.contexts, writers[kind]]) await writer.end();
    const columns = decided[kind].map((column) => `chosen.${column} AS ${column}`);
    await command(`
INSERT INTO dataset_${kind}
SELECT staged.* EXCEPT prompt_bytes
    REPLACE (concat(substring(spoken.messages, 1, staged.prompt_bytes), ']') AS prompt)
FROM ${conversations} AS spoken
INNER JOIN
(
    SELECT row.* REPLACE (${columns.join(', ')})
    FROM ${named(kind)} AS row
    INNER JOIN ${chosenOf(kind)} AS chosen ON row.${idOf[kind]} = chosen.id
) AS staged ON spoken.conversation = staged.prompt
SETTINGS ${blockSettings.join(', ')}`);
  }

  return {
    async add(rows: Pick<RangeRows, keyof typeof writers>): Promise<void> {
      for (const kind of ['contexts', ...kinds] as const) await writers[kind].addLines(rows[kind]);
    },
    /** Begins to move all singles and groups into the dataset; nothing may be added after it. */
    beginUndrawn({ singles, groups }: Readonly<Record<'singles' | 'groups', readonly WeighedRow[]>>): void {
      publishing = publish('singles', singles).then(() => publish('groups', groups));
      // A fault is met by the next call.
      publishing.catch(() => undefined);
    },
    /** Moves the drawn pairs into the dataset. Resolves when all rows are there. */
    async publishPairs(chosen: Iterable<DrawnPair>): Promise<void> {
      await publishing;
      await publish('pairs', chosen);
    },
    async drop(): Promise<void> {
      await Promise.allSettled([publishing]);
      await drop();
    },
  };
}

export type StagedRows = Awaited<ReturnType<typeof createStagedRows>>;
