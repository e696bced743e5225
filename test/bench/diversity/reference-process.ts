import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { endsWithThis } from '../../../infra/processes/ends-with-this.ts';

const run = promisify(execFile);

const golden = resolve(import.meta.dirname, '../../golden/diversity');
/** What of requirements.txt would draw in torch and spaCy, which these metrics do not use. */
const withoutDependencies = /^(diversity|vendi-score)==/u;

export type ReferenceTimes = { readonly seconds: ReadonlyMap<string, number> } | { readonly missing: string };

/**
 * Seconds that the Python reference packages take, in an environment made by uv for this run.
 *
 * @param sizes metric and number of texts; keys of the answer are `metric size`
 */
export async function timeReference(
  texts: readonly string[],
  sizes: readonly (readonly [metric: string, size: number])[],
  requirements: readonly string[],
): Promise<ReferenceTimes> {
  const folder = mkdtempSync(join(tmpdir(), 'tacit-bench-'));
  try {
    const python = join(folder, 'env/bin/python');
    const install = ['pip', 'install', '--quiet', '--python', python];
    await run('uv', ['venv', '--quiet', join(folder, 'env')]);
    await run('uv', [...install, ...requirements.filter((line) => !withoutDependencies.test(line))]);
    await run('uv', [
      ...install,
      '--no-deps',
      ...requirements.filter((line) => withoutDependencies.test(line)),
    ]);
    const question = join(folder, 'question.json');
    writeFileSync(question, JSON.stringify({ texts, sizes }));
    const script = join(import.meta.dirname, 'reference.py');
    const measuring = run(python, ['-W', 'ignore', script, question], { maxBuffer: 2 ** 24 });
    endsWithThis(measuring.child);
    const { stdout } = await measuring;
    return { seconds: new Map(Object.entries(JSON.parse(stdout) as Record<string, number>)) };
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const requirementsPath = join(golden, 'requirements.txt');
