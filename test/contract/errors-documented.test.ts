import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { describe, expect, test } from 'vitest';

import { dropReasons } from '../../pipelines/pairs/drop-reasons.ts';
import { rejectionCodes } from '../../schemas/dead-letter.ts';
import { errorCodes, TacitError } from '../../schemas/errors.ts';
import { ingestProblemCodes } from '../../schemas/ingest-http.ts';
import { exitCodeFromError } from '../../services/cli/exit-codes.ts';
import { HttpProblem } from '../../services/ingest/http-problem.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/errors.md'), 'utf8');

/** The rows of the table below a heading: first cell without its quotes, then the others. */
function rowsUnder(heading: string): string[][] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| `([^`]+)` +\|(.*)\|$/gm)].map(([, code = '', rest = '']) => [
    code,
    ...rest.split('|').map((cell) => cell.trim()),
  ]);
}

const tables: readonly (readonly [heading: string, codes: readonly string[]])[] = [
  ['Failures of commands and processes', errorCodes],
  ['Events that are not taken', rejectionCodes],
  ['Requests that are refused', ingestProblemCodes],
  ['Deliveries that count once', ['repeat', 'conflict']],
  ['Candidates that became no pair', dropReasons],
];

describe.each(tables)('%s', (heading, codes) => {
  const rows = rowsUnder(heading);

  test('has each code once, in the order of the source', () => {
    expect(rows.map(([code]) => code)).toEqual(codes);
  });

  test('leaves no cell empty', () => {
    expect(rows.filter((cells) => cells.includes(''))).toEqual([]);
  });
});

test('exit codes are those of the commands', () => {
  const documented = rowsUnder('Failures of commands and processes').map(([code, exit]) => [code, exit]);
  const real = errorCodes.map((code) => [code, String(exitCodeFromError(new TacitError(code, '')))]);
  expect(documented).toEqual(real);
});

test('statuses are those of the answers', () => {
  const documented = rowsUnder('Requests that are refused').map(([code, status]) => [code, status]);
  const real = ingestProblemCodes.map((code) => [code, String(new HttpProblem(code, '').status)]);
  expect(documented).toEqual(real);
});
