import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';

import { sourceFilesUnder } from '../../infra/checks/source-files.ts';
import type { Machine } from '../../services/cli/machine.ts';
import { createProgram } from '../../services/cli/program.ts';
import { environmentSchema } from '../../services/settings/environment.ts';

const root = resolve(import.meta.dirname, '../..');
const pages = sourceFilesUnder(root).filter(({ path }) => path.endsWith('.md'));
const forPeople = pages.filter(({ path }) => /^(?:docs\/.*|README|CONTRIBUTING)\.md$/.test(path));
const readme = pages.find(({ path }) => path === 'README.md')?.text ?? '';

describe.each(forPeople)('$path', ({ text }) => {
  test('every `tacit` command line is one that the program takes', () => {
    const wrong = commandLines(text).flatMap((line) => {
      const fault = faultOf(line);
      return fault === undefined ? [] : [`${line.words.join(' ')}: ${fault}`];
    });
    expect(wrong).toEqual([]);
  });

  test('every npm script exists', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
    const named = [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)].map(
      ([, run, short]) => run ?? short,
    );
    expect(named.filter((name) => name === undefined || !(name in scripts))).toEqual([]);
  });

  test('every variable is one that Tacit reads', () => {
    // Switches of the tests are no configuration.
    const named = [...text.matchAll(/\bTACIT_(?!TEST_)[A-Z_]+\b/g)].map(([name]) => name);
    expect(named.filter((name) => !(name in environmentSchema.shape))).toEqual([]);
  });
});

test('the README has command lines, and its table every variable', () => {
  expect(commandLines(readme).length).toBeGreaterThan(5);
  const table = [...readme.matchAll(/^\| `(TACIT_[A-Z_]+)` +\| (?:`([^`]*)`)?/gm)];
  expect(table.map(([, name]) => name).sort()).toEqual(Object.keys(environmentSchema.shape).sort());
  const settings: Record<string, unknown> = environmentSchema.parse({});
  const defaults = table.filter(
    ([, name = '', value]) => value !== undefined && settings[name] !== undefined,
  );
  expect(defaults.map(([, name, value]) => [name, value])).toEqual(
    defaults.map(([, name = '']) => [name, String(settings[name])]),
  );
});

test.each(pages)('$path: every relative link resolves', ({ path, text }) => {
  const targets = [...text.matchAll(/\]\((?![a-z]+:)([^)\s]+)\)/g)].map(([, target = '']) => target);
  const broken = targets.filter((target) => {
    const [file = '', anchor] = target.split('#');
    const full = file === '' ? join(root, path) : join(root, dirname(path), file);
    return !existsSync(full) || (anchor !== undefined && !anchorsOf(full).includes(anchor));
  });
  expect(broken).toEqual([]);
});

interface CommandLine {
  /** After `tacit`. */
  readonly words: readonly string[];
  /** In a block to be pasted, rather than named in a sentence. */
  readonly whole: boolean;
}

function commandLines(text: string): CommandLine[] {
  const blocks = [...text.matchAll(/^```sh\n([^]*?)^```/gm)].map(([, block = '']) => block);
  const spans = [...text.replaceAll(/^```[^]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(
    ([, span = '']) => span,
  );
  const linesOf = (source: string, whole: boolean) =>
    [...source.matchAll(/(?:^|[\s(])(?:npx )?tacit ([a-z-][^|;&>)\n]*)/gm)].map(([, rest = '']) => ({
      words: rest.trim().split(/\s+/),
      whole,
    }));
  return [
    ...blocks.flatMap((block) => linesOf(block, true)),
    ...spans.flatMap((span) => linesOf(span, false)),
  ];
}

function faultOf({ words, whole }: CommandLine): string | undefined {
  let command: Command = createProgram({ version: '0.0.0' } as Machine);
  const left = [...words];
  let given = 0;
  while (left.length > 0) {
    const word = left.shift() ?? '';
    const below = command.commands.find((each) => each.name() === word);
    if (word === '--help') return undefined;
    if (word.startsWith('-')) {
      const option = command.options.find(({ long, short }) => word === long || word === short);
      if (!option) return `no option ${word}`;
      if (option.required && left.shift() === undefined && whole) return `${word} needs a value`;
    } else if (given === 0 && below) command = below;
    else if (command.commands.length > 0) return `no command ${word}`;
    else given += 1;
  }
  const wanted = command.registeredArguments;
  if (given > wanted.length && wanted.at(-1)?.variadic !== true) return 'too many arguments';
  return whole && given < wanted.filter(({ required }) => required).length
    ? 'an argument is missing'
    : undefined;
}

/** As GitHub makes them from headings. */
function anchorsOf(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
