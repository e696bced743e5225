import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { plantTree } from '../support/planted-tree.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const echo = `
process.on('SIGTERM', () => process.exit(7));
console.log(JSON.stringify({
  args: process.argv.slice(2), threads: process.env['UV_THREADPOOL_SIZE'], flags: process.execArgv,
  compiled: process.env['NODE_COMPILE_CACHE'],
}));
if (process.argv[2] === 'wait') setInterval(() => undefined, 1000);
if (process.argv[2] === 'die') process.kill(process.pid, 'SIGKILL');
`;
/** Node 20 cannot replace its own process: the launcher then keeps a child. */
const withoutExecve = ['--import', 'data:text/javascript,delete process.execve'];

type Echo = {
  readonly args: readonly string[];
  readonly threads: string;
  readonly flags: readonly string[];
  readonly compiled: string;
};

/** The launcher beside a main.ts that only says how it was started. */
function plantLauncher(options: { readonly installed: boolean }): string {
  const root = plantTree({ 'package.json': '{ "type": "module" }', 'services/cli/main.ts': echo });
  copyFileSync(join(repository, 'services/cli/launch.js'), join(root, 'services/cli/launch.js'));
  if (options.installed) symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
  return join(root, 'services/cli/launch.js');
}

describe.each([
  { node: 'that replaces itself', flags: [] },
  { node: 'that needs a child', flags: withoutExecve },
])('the launcher on a Node $node', ({ flags }) => {
  const command = (...args: string[]): string[] => [...flags, plantLauncher({ installed: true }), ...args];
  const run = (args: string[], env: NodeJS.ProcessEnv = {}): ReturnType<typeof spawnSync> =>
    spawnSync(process.execPath, args, { env: { PATH: process.env['PATH'], ...env } });

  test('starts main.ts with the arguments, the threads and the flag that it needs', () => {
    const { stdout, stderr } = run(command('stats', '--json'));
    expect(String(stderr)).toBe('');
    const echoed = JSON.parse(String(stdout)) as Echo;
    expect(echoed).toEqual({
      args: ['stats', '--json'],
      threads: '16',
      flags: ['--disable-warning=TimeoutNegativeWarning'],
      compiled: expect.stringMatching(/node_modules[/]\.cache[/]tacit$/) as string,
    });
  });

  test('lets the environment choose the number of threads', () => {
    const { stdout } = run(command(), { UV_THREADPOOL_SIZE: '9' });
    expect((JSON.parse(String(stdout)) as Echo).threads).toBe('9');
  });

  test('lets the environment choose where compiled modules are kept', () => {
    const { stdout } = run(command(), { NODE_COMPILE_CACHE: '/nowhere/else' });
    expect((JSON.parse(String(stdout)) as Echo).compiled).toBe('/nowhere/else');
  });

  test('passes a signal on, and the exit code back', async () => {
    const child = spawn(process.execPath, command('wait'), { stdio: 'pipe' });
    child.stdout.once('data', () => child.kill('SIGTERM'));
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect(code).toBe(7);
  });

  test('dies of the signal that its process died of', () => {
    expect(run(command('die')).signal).toBe('SIGKILL');
  });
});

test('the launcher says in one line what to run when nothing is installed', () => {
  const run = spawnSync(process.execPath, [plantLauncher({ installed: false })], { encoding: 'utf8' });
  expect(run.status).toBe(2);
  expect(run.stderr).toBe('tacit: not set up yet; run `npm start` or `npm ci` in the repository first\n');
});
