/** A bench runs for minutes: whoever asks what it does, or misspells an option, is told and nothing is run. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { benches } from '../bench/benches.ts';

const main = fileURLToPath(new URL('../bench/main.ts', import.meta.url));
const run = (...words: readonly string[]) =>
  spawnSync(process.execPath, [main, ...words], { encoding: 'utf8', timeout: 10_000 });

test.each(Object.entries(benches))('%s says what it measures, how long, and its options', (name, bench) => {
  for (const words of [
    [name, '--help'],
    [name, '--quick', '-h'],
  ]) {
    const { status, stdout, stderr } = run(...words);
    expect({ words, status, stderr }).toEqual({ words, status: 0, stderr: '' });
    for (const said of [
      bench.measures,
      bench.takes,
      ...Object.keys(bench.options).map((each) => `--${each}`),
    ])
      expect(stdout).toContain(said);
  }
});

test('without a name all are told', () => {
  const { status, stdout } = run('--help');
  expect(status).toBe(0);
  for (const name of Object.keys(benches)) expect(stdout).toContain(`\n${name}: `);
});

test.each([
  [[], 'which bench?'],
  [['nothing'], 'there is no bench nothing'],
  [['constructor'], 'there is no bench constructor'],
  [['build', '--quik'], "Unknown option '--quik'"],
  [['build', '--kafka'], "Unknown option '--kafka'"],
  [['build', 'ingest'], "Unexpected argument 'ingest'"],
  [['ingest', '--events'], '--events'],
  [['ingest', '--events', 'many'], '--events takes a whole number above 0'],
  [['ingest', '--events', '0'], '--events takes a whole number above 0'],
])('%j is refused with the usage', (words, why) => {
  const { status, stdout, stderr } = run(...words);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(why);
  expect(stderr).toContain('usage: npm run bench -- ');
});
