import { beforeAll, expect, test } from 'vitest';

import { runInProcess } from '../e2e/harness/run-in-process.ts';

/** The commands of contract.md section 2 that work. */
const commands = [
  'serve',
  'ingest',
  'stratify',
  'console',
  'simulate',
  'replay',
  'stats',
  'effects',
  'build',
  'dropped',
  'datasets',
  'diff',
  'export',
  'explain',
  'judge',
  'probe-set',
  'runs',
  'runs show',
  'runs watch',
  'runs probe',
  'forget',
  'keys create',
  'keys list',
  'keys revoke',
  'topics',
  'migrate',
  'doctor',
];
const perApp = [
  'replay',
  'stats',
  'effects',
  'build',
  'dropped',
  'datasets',
  'diff',
  'export',
  'explain',
  'judge',
  'probe-set',
  'runs',
  'runs show',
  'runs watch',
  'runs probe',
  'forget',
  'keys create',
  'keys list',
  'keys revoke',
];

const help = new Map<string, string>();
beforeAll(async () => {
  for (const command of ['', 'keys', ...commands]) {
    const ended = await runInProcess([...command.split(' ').filter(Boolean), '--help'], {
      TACIT_PORT: 'not looked at',
    });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    help.set(command, ended.stdout);
  }
});

test('the help lists these commands and no other', () => {
  const listed = (text: string) =>
    [...text.matchAll(/^ {2}([a-z-]+) [^-]/gm)].map(([, name]) => name).filter((name) => name !== 'help');
  const top = [...new Set(commands.map((command) => command.split(' ')[0]))];
  expect(listed(commandsPart(help.get('') ?? '')).sort()).toEqual(top.sort());
  expect(listed(commandsPart(help.get('keys') ?? '')).sort()).toEqual(['create', 'list', 'revoke']);
  expect(listed(commandsPart(help.get('runs') ?? '')).sort()).toEqual(['probe', 'show', 'watch']);
});

function commandsPart(text: string): string {
  return (text.slice(text.indexOf('Commands:')).split('Examples:')[0] ?? '').trimEnd();
}

test.each(commands)('%s: --json, examples, --app where it means something', (command) => {
  const text = help.get(command) ?? '';
  expect(text).toContain('--json');
  expect(text).toMatch(/Examples:\n {2}\S/);
  for (const line of text.slice(text.indexOf('Examples:')).split('\n').slice(1).filter(Boolean)) {
    expect(line).toMatch(new RegExp(`tacit ${command}\\b|curl `));
  }
  expect(text.includes('--app <name>')).toBe(perApp.includes(command));
});
