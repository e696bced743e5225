import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A Python with pyfixest and duckreg, made by uv when it is not there yet; else why there is none. */
export async function pythonEnvironment(folder: string): Promise<{ python: string } | { says: string }> {
  const python = join(folder, 'bin/python');
  if (existsSync(python)) return { python };
  try {
    await run('uv', ['venv', '--quiet', folder]);
    const requirements = join(import.meta.dirname, 'requirements.txt');
    await run('uv', ['pip', 'install', '--quiet', '--python', python, '--requirement', requirements]);
    return { python };
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n').find((line) => line !== '') ?? '') : '';
    return { says: `no environment: ${why.slice(0, 80)}` };
  }
}
