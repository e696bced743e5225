import { expect, test } from 'vitest';

import { sqlLiteral, sqlWithLiterals } from '../../../services/engines/warehouse/sql-literals.ts';
import { sqlStatements } from '../../../services/engines/warehouse/sql-statements.ts';

test('statements end at semicolons outside of strings, names and comments', () => {
  const text = `-- a; comment
    SELECT ';' , "a;b", \`c;d\` /* e; */ ; -- the end; of it
    SELECT 'it''s; \\'; still' ;
    -- nothing
    ;`;
  expect(sqlStatements(text)).toEqual([
    `-- a; comment\n    SELECT ';' , "a;b", \`c;d\` /* e; */`,
    `-- the end; of it\n    SELECT 'it''s; \\'; still'`,
  ]);
});

test('placeholders become literals, except in strings, names and comments, and without a value', () => {
  const sql =
    "SELECT {a:String}, '{a:String}', `{a:String}`, {other:UInt8}, { n : Array(UInt64) } -- {a:String}";
  expect(sqlWithLiterals(sql, { a: "x'\\", n: [1, 2] })).toBe(
    "SELECT _CAST('x\\'\\\\', 'String'), '{a:String}', `{a:String}`, {other:UInt8}, _CAST([1,2], 'Array(UInt64)') -- {a:String}",
  );
  expect(sqlWithLiterals('DROP TABLE {t:Identifier}', { t: 'a`; b' })).toBe('DROP TABLE `a\\`; b`');
});

test('values are written exactly or not at all', () => {
  expect(sqlLiteral([true, null, -1.5, 12n, ['a']])).toBe("[true,NULL,-1.5,12,['a']]");
  expect(() => sqlLiteral(2 ** 60)).toThrow(RangeError);
  expect(() => sqlLiteral({})).toThrow(RangeError);
});
