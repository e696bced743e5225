import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { eventRecord } from '../../schemas/event-record.ts';
import { deadLetter } from '../../schemas/dead-letter.ts';
import { assertSchemaVersion, migrate, schemaVersion } from '../../services/engines/warehouse/migrate.ts';
import type { Warehouse } from '../../services/engines/warehouse/warehouse.ts';
import { eventRecordOf, migrationsDir } from '../support/warehouse-fixture.ts';

export interface OpenedWarehouse {
  readonly warehouse: Warehouse;
  close(): Promise<void>;
}

/** What every driver of the warehouse port does alike. @param open an empty warehouse */
export function warehouseConformance(driver: string, open: () => Promise<OpenedWarehouse>): void {
  describe(`warehouse: ${driver}`, () => {
    let opened: OpenedWarehouse;
    let warehouse: Warehouse;
    let folder: string;
    beforeAll(async () => {
      opened = await open();
      warehouse = opened.warehouse;
      folder = await mkdtemp(join(tmpdir(), 'tacit-migrations-'));
      await warehouse.createDatabase();
      await warehouse.command({
        sql: 'CREATE TABLE things (id UInt64, text String, number Nullable(Float64)) ENGINE = MergeTree ORDER BY id',
      });
      await warehouse.command({
        sql: 'CREATE VIEW of_text AS SELECT * FROM things WHERE text = {text:String}',
      });
    });
    afterAll(async () => {
      await opened.close();
      await rm(folder, { recursive: true, force: true });
    });

    test('gives rows as objects, 64-bit integers as numbers, NaN as null', async () => {
      const [row] = await warehouse.query({
        sql: "SELECT toUInt64(9007199254740991) AS u, toInt64(-5) AS i, nan AS n, NULL AS z, [1, 2] AS a, true AS b, 'x' AS s",
      });
      expect(row).toEqual({
        u: Number.MAX_SAFE_INTEGER,
        i: -5,
        n: null,
        z: null,
        a: [1, 2],
        b: true,
        s: 'x',
      });
      expect(await warehouse.query({ sql: 'SELECT 1 WHERE 0' })).toEqual([]);
    });

    test.each([
      ['quotes, backslashes and line ends', `'"\\ \n\t\r\u0000 {x:String} -- /* ;`],
      ['another script', '长夜 \u{1F600}'],
      ['nothing', ''],
    ])('parameters carry any text: %s', async (_, text) => {
      const [row] = await warehouse.query({ sql: 'SELECT {text:String} AS text', parameters: { text } });
      expect(row).toEqual({ text });
    });

    test('parameters of every type that Tacit uses', async () => {
      const [row] = await warehouse.query({
        sql: `SELECT {u:UInt64} AS u, {f:Float64} AS f, {a:Array(UInt64)} AS a, {s:Array(String)} AS s, {none:Array(UInt64)} AS none,
          toString({id:UUID}) AS id, {i:Array(Int32)} AS i, '{u:UInt64}' AS quoted`,
        parameters: {
          u: Number.MAX_SAFE_INTEGER,
          f: 0.1,
          a: [1, 2 ** 52],
          s: ["it's", 'b\\'],
          none: [],
          id: '10000000-0000-4000-8000-000000000000',
          i: [-1],
        },
      });
      expect(row).toEqual({
        u: Number.MAX_SAFE_INTEGER,
        f: 0.1,
        a: [1, 2 ** 52],
        s: ["it's", 'b\\'],
        none: [],
        id: '10000000-0000-4000-8000-000000000000',
        i: [-1],
        quoted: '{u:UInt64}',
      });
    });

    test('numbers come as they are stored, row by row', async () => {
      const numbers = await warehouse.queryNumbers({
        sql: 'SELECT toFloat64(number) AS a, if(number = 1, nan, number / 3) AS b FROM numbers({n:UInt64})',
        parameters: { n: 3 },
      });
      expect([...numbers]).toEqual([0, 0, 1, Number.NaN, 2, 2 / 3]);
      const failing = "SELECT throwIf(number = 2000000, 'late') + 0.5 AS a FROM numbers(4000000)";
      await expect(warehouse.queryNumbers({ sql: failing })).rejects.toMatchObject({ name: 'TacitError' });
    });

    test('rows come as lines for who parses them elsewhere, and go as lines', async () => {
      const lines = await warehouse.queryLines({
        sql: "SELECT 900000 + number AS id, concat('词 ', toString(number)) AS text FROM numbers({n:UInt64})",
        parameters: { n: 2 },
      });
      const text = new TextDecoder().decode(lines);
      expect(text).toBe('{"id":900000,"text":"词 0"}\n{"id":900001,"text":"词 1"}\n');
      await warehouse.command({ sql: 'CREATE TABLE said (id UInt64, text String) ENGINE = Log' });
      await warehouse.insert('said', lines, 2);
      expect(await warehouse.query({ sql: 'SELECT text FROM said WHERE id = 900001' })).toEqual([
        { text: '词 1' },
      ]);
    });

    test('inserted rows can be read at once, also through a view with a parameter', async () => {
      await warehouse.insert(
        'things',
        '{"id":1,"text":"a","number":1.5}\n{"id":2,"text":"a\\nb","unknown":[1]}',
        2,
      );
      expect(await warehouse.query({ sql: 'SELECT * FROM things ORDER BY id' })).toEqual([
        { id: 1, text: 'a', number: 1.5 },
        { id: 2, text: 'a\nb', number: null },
      ]);
      expect(
        await warehouse.query({
          sql: 'SELECT id FROM of_text(text = {t:String})',
          parameters: { t: 'a\nb' },
        }),
      ).toEqual([{ id: 2 }]);
    });

    test('an insert with one bad row takes none of them, and says no word of them', async () => {
      for (const bad of [
        '{"id":3,"text":"secret \\ud800"}',
        '{"id":-1,"text":"secret"}',
        '{"id":1e21,"text":"secret"}',
        '{"id":3,"text":"secret',
      ]) {
        const insert = warehouse.insert('things', `{"id":77,"text":"good"}\n${bad}`, 2);
        await expect(insert).rejects.toMatchObject({ code: 'warehouse_refused', retriable: false });
        await insert.catch((error: unknown) =>
          expect(JSON.stringify([error, String(error)])).not.toContain('secret'),
        );
      }
      expect(await warehouse.query({ sql: 'SELECT id FROM things WHERE id = 77' })).toEqual([]);
    });

    test('settings of one statement do not stay for the next', async () => {
      await warehouse.query({ sql: 'SELECT 1 SETTINGS max_threads = 1, max_result_rows = 1' });
      const rows = await warehouse.query({ sql: 'SELECT number FROM numbers(10)' });
      expect(rows).toHaveLength(10);
    });

    test('calls in flight together each get their own answer', async () => {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, n) =>
          warehouse.query({ sql: 'SELECT {n:UInt64} AS n', parameters: { n } }),
        ),
      );
      expect(answers).toEqual(Array.from({ length: 40 }, (_, n) => [{ n }]));
    });

    test('a wrong statement is refused, a missing table asks for a migration', async () => {
      await expect(warehouse.query({ sql: 'SELEC 1' })).rejects.toMatchObject({ code: 'warehouse_refused' });
      await expect(warehouse.query({ sql: 'SELECT * FROM missing' })).rejects.toMatchObject({
        code: 'warehouse_version',
      });
      await expect(warehouse.insert('missing', '{}', 1)).rejects.toMatchObject({ code: 'warehouse_version' });
    });

    test('a query beyond its own limit fails alone', async () => {
      const slow = 'SELECT count() AS c FROM numbers(100000000000) WHERE NOT ignore(sipHash64(number))';
      await expect(
        warehouse.query({ sql: `${slow} SETTINGS max_execution_time = 0.2` }),
      ).rejects.toMatchObject({
        code: 'warehouse_unavailable',
        retriable: true,
      });
      expect(await warehouse.query({ sql: 'SELECT 1 AS one' })).toEqual([{ one: 1 }]);
    });

    test('migrations are applied once, in order, and never change', async () => {
      await expect(assertSchemaVersion(warehouse)).rejects.toMatchObject({ code: 'warehouse_version' });
      const first = await migrate(warehouse, { folder: migrationsDir });
      expect(first.applied).toHaveLength(schemaVersion);
      expect(await migrate(warehouse, { folder: migrationsDir })).toEqual({ applied: [] });
      await assertSchemaVersion(warehouse);

      await writeFile(
        join(folder, '0001-events.sql'),
        'CREATE TABLE other (a UInt8) ENGINE = MergeTree ORDER BY a;',
      );
      await expect(migrate(warehouse, { folder })).rejects.toMatchObject({ code: 'warehouse_version' });
      const next = `${String(schemaVersion + 1).padStart(4, '0')}-next.sql`;
      for (const name of Array.from(
        { length: schemaVersion },
        (_, n) => `${String(n + 1).padStart(4, '0')}-x.sql`,
      )) {
        await writeFile(join(folder, name), 'SELECT 1;');
      }
      await writeFile(
        join(folder, next),
        "CREATE TABLE next (a String DEFAULT ';') ENGINE = Log; -- ; end\n",
      );
      await expect(migrate(warehouse, { folder })).rejects.toMatchObject({ code: 'migration_changed' });
    });

    test('the tables have a column for every field of the records', async () => {
      for (const [table, fields] of [
        ['events', Object.keys(eventRecord.shape)],
        ['dead_letters', Object.keys(deadLetter.shape)],
      ] as const) {
        const columns = await warehouse.query<{ name: string }>({
          sql: 'SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {table:String}',
          parameters: { table },
        });
        const names = columns.map((column) => column.name);
        expect(fields.filter((field) => !names.includes(field))).toEqual([]);
      }
    });

    test('a record comes back as it was written', async () => {
      const record = eventRecordOf({
        type: 'turn',
        turn_id: 't',
        role: 'user',
        content: '长夜\u0000',
        temperature: 0.7,
        seq: -3,
        over: ['a'],
        ended: true,
      });
      await warehouse.insert('events', JSON.stringify({ ...record, partition: 3, place: 2 ** 48 + 1 }), 1);
      const [row] = await warehouse.query({
        sql: "SELECT * FROM events_at(app = 'default', cut = [0, 0, 0, 281474976710658])",
      });
      expect(row).toMatchObject({ ...record, partition: 3, place: 2 ** 48 + 1 });
    });

    test('of deliveries of one event in one insert the first wins, and all are kept as deliveries', async () => {
      const record = eventRecordOf({ type: 'turn', turn_id: 'u', role: 'user' });
      const lines = [7, 5, 6].map((place) =>
        JSON.stringify({ ...record, app: 'twice', content: `at ${String(place)}`, partition: 0, place }),
      );
      await warehouse.insert('events', lines.join('\n'), lines.length);
      expect(
        await warehouse.query({ sql: "SELECT content, place FROM events_at(app = 'twice', cut = [8])" }),
      ).toEqual([{ content: 'at 5', place: 5 }]);
      expect(
        await warehouse.query({
          sql: "SELECT place FROM deliveries FINAL WHERE app = 'twice' ORDER BY place",
        }),
      ).toEqual([{ place: 5 }, { place: 6 }, { place: 7 }]);
    });
  });
}
