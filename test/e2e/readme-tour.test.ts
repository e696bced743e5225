/** The README's five minutes, each block as written, and its output as the README shows it. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { startServing, type Serving } from './harness/tacit-process.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const readme = await readFile(join(root, 'README.md'), 'utf8');
const tour = /^## Five minutes\n([^]*?)^## /m.exec(readme)?.[1] ?? '';

/** Commands and what is shown to come of them; the first block starts the server, those with pip need the network. */
const steps = [...tour.matchAll(/^```sh\n([^]*?)^```(?:\n\n```text\n([^]*?)^```)?/gm)]
  .map(([, commands = '', shown = '']) => ({ commands, shown }))
  .filter(({ commands }) => !commands.includes('tacit serve') && !commands.includes('pip install'));

let dataDir: string;
let serving: Serving;
let outputs: string[];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tacit-tour-'));
  // The side of the split that a person is on comes from the key: with this one, the README's.
  const environment = { TACIT_DATA_DIR: dataDir, TACIT_PSEUDONYM_KEY: 'the key of the README' };
  serving = await startServing(environment);
  const mark = '--- next ---';
  const script = steps
    .map(({ commands }) => commands)
    .join(`echo '${mark}'\n`)
    .replaceAll('.tacit/', `${dataDir}/`)
    .replaceAll('http://127.0.0.1:8224', serving.address);
  const { stdout } = await run('bash', ['-c', script], {
    cwd: root,
    env: { ...process.env, ...environment },
  });
  outputs = stdout.split(`${mark}\n`);
});
afterAll(async () => {
  await serving.stop();
  await rm(dataDir, { recursive: true, force: true });
});

test('is the tour of the README', () => {
  expect(steps.length).toBeGreaterThanOrEqual(5);
});

test.each(steps.map(({ commands, shown }, i) => [commands.trim(), shown, i] as const))(
  '%s',
  (_, shown, i) => {
    expect(withoutWhatIsYours(outputs[i] ?? '')).toBe(withoutWhatIsYours(shown));
  },
);

/** Ids, sizes, keys and the folder differ from run to run; everything else is held, word for word. */
function withoutWhatIsYours(text: string): string {
  return text
    .replaceAll(dataDir, '.tacit')
    .replaceAll(/"(receipt|annotator_id|pair_id|group_id)":"[^"]+"/g, '"$1":"…"')
    .replaceAll(/(dead-letter {2}\w+ {2}[\w-]+ {2})[\w-]{22}/g, '$1…')
    .replaceAll(/[\d.]+ [KMGT]iB/g, '… bytes')
    .replaceAll(/\b[0-9a-f]{32}\b/g, '…');
}
