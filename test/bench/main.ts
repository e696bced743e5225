/** `npm run bench -- NAME`: measures one thing side by side in one run and prints a table; `--help` says what there is. */
import { parseArgs } from 'node:util';

import { benches, type Bench } from './benches.ts';

const args = process.argv.slice(2);
const [name = '', ...rest] = args;
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;

if (args.includes('--help') || args.includes('-h')) {
  console.log(usage());
} else if (bench === undefined) {
  refuse(name === '' ? 'which bench?' : `there is no bench ${name}`);
} else {
  const given = givenTo(bench);
  if (typeof given === 'string') refuse(given);
  else await bench.run(given);
}

function refuse(why: string): void {
  console.error(`${why}\n\n${usage()}`);
  process.exitCode = 2;
}

/** By name, or what is wrong with them. */
function givenTo({ options }: Bench): Record<string, boolean | number | undefined> | string {
  try {
    const { values } = parseArgs({ args: rest, options });
    const given = Object.entries(values).map(
      ([option, value]) => [option, typeof value === 'string' ? Number(value) : value === true] as const,
    );
    const odd = given.find(
      ([, value]) => typeof value === 'number' && !(Number.isInteger(value) && value > 0),
    );
    return odd === undefined ? Object.fromEntries(given) : `--${odd[0]} takes a whole number above 0`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Of the bench named, or of all. */
function usage(): string {
  const shown = Object.entries(benches).filter(([each]) => bench === undefined || each === name);
  return [
    `usage: npm run bench -- ${bench === undefined ? 'NAME' : name} [options]`,
    ...shown.map(([each, { measures, takes, options }]) => {
      const lines = Object.entries(options).map(([option, { type, says }]) => {
        const written = `--${option}${type === 'string' ? ' N' : ''}`;
        return `  ${written.padEnd(12)}${says}`;
      });
      return [`${each}: ${measures}`, `  Takes ${takes}.`, ...lines].join('\n');
    }),
  ].join('\n\n');
}
