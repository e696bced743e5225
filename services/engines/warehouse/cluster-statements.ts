/**
 * The statements of a migration as a cluster needs them: every table becomes a replicated one on each shard, under its
 * name with `_local`, and a distributed one over them under its own name, which everybody reads and writes. On one node
 * the statements stay as they are written.
 */

/** Folder of the tables in Keeper; the macros are the server's own. */
const keeperPath = '/clickhouse/tables/{shard}/{database}';

const comments = String.raw`(?:--[^\n]*\n|\s)*`;
const createTable = new RegExp(
  `^${comments}CREATE TABLE (?:IF NOT EXISTS )?(\\w+)\\s*(\\([^]*\\))\\s*ENGINE = (\\w*MergeTree)(?:\\(([^)]*)\\))?\\s([^]*)$`,
);
const createMaterialised = new RegExp(
  `^${comments}CREATE MATERIALIZED VIEW (?:IF NOT EXISTS )?(\\w+) TO (\\w+)\\s+AS\\s([^]*?)\\bFROM (\\w+)([^]*)$`,
);
const createView = new RegExp(
  `^${comments}(CREATE (?:OR REPLACE )?VIEW (?:IF NOT EXISTS )?)(\\w+)\\s([^]*)$`,
);
const alterTable = new RegExp(`^${comments}ALTER TABLE (\\w+)\\s([^]*)$`);
const drop = new RegExp(`^${comments}DROP (TABLE|VIEW) (?:IF EXISTS )?(\\w+)\\s*$`);

/**
 * @param statement one statement of a migration
 * @param cluster as system.clusters names it
 * @returns the statements in its place
 * @throws Error for a kind of statement that is not known here
 */
export function clusterStatements(statement: string, cluster: string): string[] {
  const on = `ON CLUSTER '${cluster}'`;
  const table = createTable.exec(statement);
  if (table) {
    const [, name = '', columns = '', engine = '', version, rest = ''] = table;
    const path = `'${keeperPath}/${name}_local', '{replica}'`;
    const replicated = `Replicated${engine}(${[path, ...(version === undefined ? [] : [version])].join(', ')})`;
    const key = shardingKey(name, rest);
    return [
      `CREATE TABLE IF NOT EXISTS ${name}_local ${on}\n${columns}\nENGINE = ${replicated}\n${rest}`,
      `CREATE TABLE IF NOT EXISTS ${name} ${on} AS ${name}_local\nENGINE = Distributed('${cluster}', currentDatabase(), '${name}_local', ${key})`,
    ];
  }
  const materialised = createMaterialised.exec(statement);
  if (materialised) {
    const [, name = '', to = '', select = '', from = '', rest = ''] = materialised;
    return [
      `CREATE MATERIALIZED VIEW IF NOT EXISTS ${name} ${on} TO ${to}_local AS\n${select}FROM ${from}_local${rest}`,
    ];
  }
  const view = createView.exec(statement);
  if (view) return [`${view[1] ?? ''}${view[2] ?? ''} ${on} ${view[3] ?? ''}`];
  const alter = alterTable.exec(statement);
  if (alter) {
    const [, name = '', change = ''] = alter;
    // A distributed table has the columns of those below it, and none of their settings.
    const ends = change.startsWith('MODIFY SETTING') ? ['_local'] : ['_local', ''];
    return ends.map((end) => `ALTER TABLE ${name}${end} ${on} ${change}`);
  }
  const gone = drop.exec(statement);
  if (gone) {
    const names = gone[1] === 'TABLE' ? [gone[2], `${gone[2] ?? ''}_local`] : [gone[2]];
    return names.map((name) => `DROP ${gone[1] ?? ''} IF EXISTS ${name ?? ''} ${on} SYNC`);
  }
  throw new Error(`no cluster has this statement yet: ${statement.slice(0, 80)}`);
}

/**
 * Rows of one identity must meet on one shard, or they would count twice: all of an annotator go together, rows without
 * one by their sorting key. `deliveries` is filled on the shard of its event.
 */
function shardingKey(name: string, rest: string): string {
  const columns =
    /ORDER BY \(?([^)\n]*)\)?/
      .exec(rest)?.[1]
      ?.split(',')
      .map((column) => column.trim()) ?? [];
  const annotators = name === 'deliveries' || (columns.includes('app') && columns.includes('annotator_id'));
  return `sipHash64(${annotators ? 'app, annotator_id' : columns.join(', ')})`;
}

/** Of an insert: rows are on every replica that a quorum needs, and on their shard, before the answer. */
export const clusterInsertSettings =
  // A retry that the table dropped as a duplicate would not reach the materialised view behind it.
  "insert_quorum='auto', insert_deduplicate=0, distributed_foreground_insert=1";
