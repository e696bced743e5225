import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const requirementsFile = fileURLToPath(new URL('./requirements.txt', import.meta.url));

/**
 * The Python environment of the trainer tests, made once and again when its requirements change: about 6 GB.
 * @param dir folder of the environment
 * @returns its `bin` folder, or why there is none
 */
export async function pythonEnvironment(dir: string): Promise<{ bin: string } | { missing: string }> {
  const bin = join(dir, 'bin');
  const mark = join(dir, 'installed.txt');
  const wanted = readFileSync(requirementsFile, 'utf8');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return { bin };
  if (!(await runs('python3', ['-m', 'venv', '--clear', dir])))
    return { missing: 'python3 with its venv module' };
  console.log('Installing torch, transformers and TRL (the first time some minutes) ...');
  const python = join(bin, 'python');
  const installed =
    (await runs(python, ['-m', 'pip', 'install', '--quiet', 'uv'])) &&
    (await runs(join(bin, 'uv'), ['pip', 'install', '--quiet', '--python', python, '-r', requirementsFile]));
  if (!installed) return { missing: 'the Python packages of test/trainers/requirements.txt' };
  writeFileSync(mark, wanted);
  return { bin };
}

async function runs(command: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = await Promise.race([once(child, 'close'), once(child, 'error').then(() => [1])]);
  return ended[0] === 0;
}
