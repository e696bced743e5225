import { expect, test } from 'vitest';

import { runInProcess } from '../../e2e/harness/run-in-process.ts';

const oneLine = /^tacit: [^\n]+ \(\w+\)\n$/;

test.each([
  [['stat'], 'Did you mean stats'],
  [['keys', 'create', '--scope', 'all'], '--scope must be one of'],
  [['keys', 'create'], '--scope'],
  [['stats', '--app', 'No App'], '--app an app name has'],
  [['stats', '--nonsense'], '--nonsense'],
  [['export', 'x'], '--format'],
  [['replay'], '--dead-letters'],
  [['replay', '/nowhere/at-all'], 'there is no file'],
  [['simulate'], '--out'],
  [['effects', '--plan', '/nowhere/at-all'], 'cannot be read'],
  [['ingest'], 'TACIT_EVENT_LOG=kafka'],
])('%j', async (words, says) => {
  const ended = await runInProcess(words);
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(oneLine);
  expect(ended.stderr).toContain(says);
});

test('every fault of the environment at once', async () => {
  const ended = await runInProcess(['stats'], { TACIT_PORT: 'x', TACIT_PSEUDONYMS: 'x' });
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(/^tacit: TACIT_PORT [^\n]+; TACIT_PSEUDONYMS [^\n]+ \(configuration\)\n$/);
});
