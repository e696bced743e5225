import { expect, test } from 'vitest';

import { TacitError } from '../../../schemas/errors.ts';
import { exitCodeFromError, lineFromError } from '../../../services/cli/exit-codes.ts';
import { tableText } from '../../../services/cli/terminal/table.ts';
import { createTerminalReport } from '../../../services/cli/terminal/terminal-report.ts';

test('columns are aligned, numbers to the right with groups of three', () => {
  expect(
    tableText(
      ['event', 'count'],
      [
        ['turn', 104231],
        ['like', 7],
      ],
    ),
  ).toBe('event    count\nturn   104,231\nlike         7');
});

test('an error is one line that ends with its code', () => {
  expect(lineFromError(new TacitError('port_in_use', 'port 1 is taken\nset TACIT_PORT'))).toBe(
    'tacit: port 1 is taken; set TACIT_PORT (port_in_use)',
  );
  expect(lineFromError(new Error('a\n  b'))).toMatch(/^tacit: a; b \(unexpected; [^\n]+\)$/);
});

test('what a person has to put right exits with 2, what failed with 1', () => {
  expect(exitCodeFromError(new TacitError('data_dir_owned', 'x'))).toBe(2);
  expect(exitCodeFromError(new TacitError('not_found', 'x'))).toBe(1);
  expect(exitCodeFromError(new Error('x'))).toBe(1);
});

test('away from a terminal, progress is one line a step', () => {
  const written: string[] = [];
  const report = createTerminalReport(
    { isTTY: false, write: (text: string) => written.push(text) > 0 },
    () => undefined,
  );
  for (let done = 0; done < 100; done++) report.progress('Sending events', done, 100);
  report.progress('Waiting', 1);
  report.end();
  expect(written).toEqual(['Sending events …\n', 'Waiting …\n']);
});
