import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { forgetReport } from '../../schemas/commands.ts';
import { forgetCommand } from '../../services/cli/commands/forget.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/forgetting-a-person.md'), 'utf8');

test('docs/forgetting-a-person.md names every field of the JSON, every option, and the counts of stats', () => {
  const flags = forgetCommand.flags.map(({ flags: words }) => words.split(' ')[0] ?? '');
  const fields = Object.keys(forgetReport.shape);
  const named = (word: string) => page.includes(`\`${word}\``) || page.includes(` ${word}`);
  expect([...fields, ...flags, 'erased_annotators', 'erased_events'].filter((word) => !named(word))).toEqual(
    [],
  );
});
