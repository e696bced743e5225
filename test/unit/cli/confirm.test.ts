import { expect, test } from 'vitest';
import { z } from 'zod';

import type { CommandContext, Report } from '../../../services/cli/command.ts';
import { engineCommand } from '../../../services/cli/command.ts';
import { forgetCommand } from '../../../services/cli/commands/forget.ts';
import { runEngineCommand } from '../../../services/cli/run-engine-command.ts';

const command = engineCommand({
  name: 'burn',
  summary: '',
  examples: [],
  flags: [],
  perApp: false,
  options: z.object({ yes: z.boolean().optional() }),
  confirm: ({ yes }) => (yes === true ? undefined : 'Burn it?'),
  run: () => Promise.resolve({ burnt: true }),
  text: () => '',
});
const report = {} as Report;
/** Nothing of this is looked at where both engines are servers. */
const machine = {
  settings: { eventLogUrl: 'kafka://k:1', warehouseUrl: 'http://c:1/t' } as CommandContext['settings'],
  sleep: () => Promise.resolve(),
  openContext: () => ({ engines: { close: () => Promise.resolve() } }) as unknown as CommandContext,
};

test.each(['y', 'YES', ' yes '])('at a terminal %j runs the command', async (answer) => {
  const asked: string[] = [];
  const ask = (question: string) => {
    asked.push(question);
    return Promise.resolve(answer);
  };
  expect(await runEngineCommand(command, {}, report, { ...machine, ask })).toEqual({ burnt: true });
  expect(asked).toEqual(['Burn it? [y/N] ']);
});

test.each(['', 'n', 'yesterday'])('at a terminal %j does not', async (answer) => {
  const run = runEngineCommand(command, {}, report, { ...machine, ask: () => Promise.resolve(answer) });
  await expect(run).rejects.toMatchObject({ code: 'misuse', message: 'not confirmed: nothing was done' });
});

test('with the option, and where there is no terminal, nobody is asked', async () => {
  const ask = () => Promise.reject(new Error('asked'));
  expect(await runEngineCommand(command, { yes: true }, report, { ...machine, ask })).toEqual({
    burnt: true,
  });
  expect(await runEngineCommand(command, {}, report, machine)).toEqual({ burnt: true });
});

test('forget asks before it erases a person, and only then', () => {
  const question = (options: object) => forgetCommand.confirm?.({ app: 'shop', ...options });
  expect(question({ annotator: 'ada' })).toBe('Erase ada of app shop, for good?');
  for (const options of [
    { annotator: 'ada', yes: true },
    { annotator: 'ada', dryRun: true },
    { finish: true },
  ])
    expect(question(options)).toBeUndefined();
});
