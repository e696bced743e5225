import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { TacitError } from '../../../schemas/errors.ts';
import { clusterStatements } from './cluster-statements.ts';
import { sqlStatements } from './sql-statements.ts';
import type { Warehouse } from './warehouse.ts';

/** The migration that this code needs: the number of the last file in infra/clickhouse. */
export const schemaVersion = 13;

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sha256: string;
  readonly statements: readonly string[];
}

interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly sha256: string;
}

export interface MigrateOptions {
  /** Folder with files `NNNN-name.sql`, applied in the order of their numbers. */
  readonly folder: string;
}

/**
 * Applies the migrations that the warehouse does not have yet. One that was cut in the middle runs again whole, so
 * its statements must allow that; CREATE gets its IF NOT EXISTS here.
 * @returns names of the files applied now
 * @throws TacitError `migration_changed` when a file differs from what was applied, `warehouse_version` when the
 *   warehouse has a later one than this code knows
 */
export async function migrate(
  warehouse: Warehouse,
  { folder }: MigrateOptions,
): Promise<{ applied: string[] }> {
  const migrations = await migrationsIn(folder);
  await warehouse.createDatabase();
  await runStatement(warehouse, createSchemaMigrations);
  const done = new Map((await appliedMigrations(warehouse)).map((each) => [each.version, each]));
  assertNoneUnknown([...done.values()], migrations.at(-1)?.version ?? 0);

  const applied: string[] = [];
  for (const migration of migrations) {
    const before = done.get(migration.version);
    if (before) {
      assertUnchanged(migration, before);
      continue;
    }
    for (const statement of migration.statements) await runStatement(warehouse, statement);
    const { version, name, sha256 } = migration;
    await warehouse.insert('schema_migrations', JSON.stringify({ version, name, sha256 }), 1);
    applied.push(name);
  }
  return { applied };
}

/** @throws TacitError `warehouse_version` unless the warehouse stands at exactly this code's schema version. */
export async function assertSchemaVersion(warehouse: Warehouse): Promise<void> {
  const applied = await appliedMigrations(warehouse);
  const version = applied.at(-1)?.version ?? 0;
  assertNoneUnknown(applied, schemaVersion);
  if (version === schemaVersion) return;
  throw new TacitError(
    'warehouse_version',
    `the warehouse has schema version ${String(version)}, this code needs ${String(schemaVersion)}: run tacit migrate`,
    { details: { version, schemaVersion } },
  );
}

const createSchemaMigrations = `
  CREATE TABLE IF NOT EXISTS schema_migrations (version UInt32, name String, sha256 String)
  ENGINE = ReplacingMergeTree ORDER BY version
  SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`;

async function appliedMigrations(warehouse: Warehouse): Promise<AppliedMigration[]> {
  return await warehouse.query<AppliedMigration>({
    sql: 'SELECT version, name, sha256 FROM schema_migrations FINAL ORDER BY version',
  });
}

async function migrationsIn(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}-[\w-]+\.sql$/.test(name)).sort();
  return await Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8');
      const sha256 = createHash('sha256').update(text).digest('hex');
      return { version: Number(name.slice(0, 4)), name, sha256, statements: sqlStatements(text) };
    }),
  );
}

function assertUnchanged(migration: Migration, before: AppliedMigration): void {
  if (migration.sha256 === before.sha256) return;
  throw new TacitError(
    'migration_changed',
    `${migration.name} differs from what the warehouse was made with: put the file back and write a new migration`,
    { details: { name: migration.name, applied: before.sha256, file: migration.sha256 } },
  );
}

function assertNoneUnknown(applied: readonly AppliedMigration[], newest: number): void {
  const version = applied.at(-1)?.version ?? 0;
  if (version <= newest) return;
  throw new TacitError(
    'warehouse_version',
    `the warehouse has schema version ${String(version)}, this code knows ${String(newest)}: use a newer tacit`,
    { details: { version, newest } },
  );
}

async function runStatement(warehouse: Warehouse, statement: string): Promise<void> {
  const { cluster } = warehouse;
  const statements = cluster === undefined ? [statement] : clusterStatements(statement, cluster);
  for (const each of statements) await warehouse.command({ sql: rerunnable(each) });
}

/** A migration that was cut in the middle is run again whole: what it had already made stays. */
function rerunnable(statement: string): string {
  return statement.replace(
    /^((?:--[^\n]*\n|\s)*CREATE\s+(?:TABLE|(?:MATERIALIZED\s+)?VIEW))\s+(?!IF\b)/i,
    '$1 IF NOT EXISTS ',
  );
}
