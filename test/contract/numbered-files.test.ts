import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { schemaVersion } from '../../services/engines/warehouse/migrate.ts';

function numbersIn(folder: string, pattern: RegExp): number[] {
  const names = readdirSync(fileURLToPath(new URL(`../../infra/${folder}`, import.meta.url)));
  return names.flatMap((name) => pattern.exec(name)?.[1] ?? []).map(Number);
}

const countingFromOne = (length: number): number[] => Array.from({ length }, (_, index) => index + 1);

test('migrations are numbered without a gap, and the code asks for the last', () => {
  const numbers = numbersIn('clickhouse', /^(\d{4})-[a-z0-9-]+\.sql$/);
  expect(numbers).toEqual(countingFromOne(numbers.length));
  expect(schemaVersion).toBe(numbers.length);
});

test('decision records are numbered without a gap', () => {
  const numbers = numbersIn('decisions', /^(\d{4})-[a-z0-9-]+\.md$/);
  expect(numbers.length).toBeGreaterThan(0);
  expect(numbers).toEqual(countingFromOne(numbers.length));
});
