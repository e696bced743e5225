/**
 * The statements that make the tables, on one node and on a cluster. `single.ddl` and `cluster.ddl` hold those of the
 * migrations that never change; `TACIT_UPDATE_GOLDEN=1` writes them anew.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { clusterStatements } from '../../../services/engines/warehouse/cluster-statements.ts';
import { sqlStatements } from '../../../services/engines/warehouse/sql-statements.ts';
import {
  migrationsDir,
  openWarehouseFixture,
  type WarehouseFixture,
} from '../../support/warehouse-fixture.ts';

const frozen = 4;
const files = readdirSync(migrationsDir)
  .filter((name) => name.endsWith('.sql'))
  .sort();
const statementsOf = (names: readonly string[]) =>
  names.flatMap((name) => sqlStatements(readFileSync(join(migrationsDir, name), 'utf8')));
const onCluster = (statements: readonly string[]) =>
  statements.flatMap((statement) => clusterStatements(statement, 'main'));

test.each([
  ['single.ddl', (statements: readonly string[]) => statements],
  ['cluster.ddl', onCluster],
])('%s', (name, layout) => {
  const path = join(import.meta.dirname, name);
  const text = layout(statementsOf(files.slice(0, frozen)))
    .map((statement) => `${statement};\n`)
    .join('\n');
  if (process.env['TACIT_UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
});

describe('on a cluster', () => {
  let fixture: WarehouseFixture;
  beforeAll(async () => (fixture = await openWarehouseFixture()));
  afterAll(() => fixture.close());

  test('every statement of every migration has its form, which the engine can read', async () => {
    for (const statement of onCluster(statementsOf(files))) {
      const read = fixture.warehouse.query({ sql: `EXPLAIN AST ${statement}` });
      await expect(read, statement.slice(0, 80)).resolves.not.toHaveLength(0);
    }
  });

  test('no table is left to one server, and none is read past the shards', () => {
    for (const statement of onCluster(statementsOf(files))) {
      expect(statement).toContain("ON CLUSTER 'main'");
      if (statement.includes('ENGINE =')) expect(statement).toMatch(/ENGINE = (Replicated|Distributed)/);
      if (/^CREATE (OR REPLACE )?VIEW/.test(statement)) expect(statement).not.toContain('_local');
    }
  });
});

test('a kind of statement that nobody thought of is refused', () => {
  expect(() => clusterStatements('OPTIMIZE TABLE events FINAL', 'main')).toThrow(/no cluster has this/);
});
