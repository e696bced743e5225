// `npm run check`: all static checks side by side, each with its result and time.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const parts = {
  types: ['tsc', '-p', '.'],
  lint: ['eslint', '.', '--max-warnings', '0'],
  format: ['prettier', '--check', '--log-level', 'warn', '.'],
  unused: ['knip', '--no-progress'],
  rules: ['node', 'infra/checks/rules.ts'],
} as const;
/** Shown even when the part passes: the sizes of files and how much was looked at. */
const talkative = new Set(['rules']);

const root = fileURLToPath(new URL('../..', import.meta.url));
const startedAt = performance.now();
const passed = await Promise.all(
  Object.entries(parts).map(async ([name, [command, ...args]]) => {
    const { code, output } = await outcomeOf(command, args);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(7)} ${seconds.padStart(5)} s`);
    if (output !== '' && (code !== 0 || talkative.has(name))) console.log(output.replace(/^/gm, '     '));
    return code === 0;
  }),
);
const failed = passed.filter((ok) => !ok).length;
console.log(`checks: ${passed.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function outcomeOf(command: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  const { promise, resolve } = Promise.withResolvers<{ code: number; output: string }>();
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  child.on('error', (error) => resolve({ code: 1, output: error.message }));
  child.on('close', (code) => resolve({ code: code ?? 1, output: output.trimEnd() }));
  return promise;
}
