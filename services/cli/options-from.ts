import type { z } from 'zod';

import { TacitError } from '../../schemas/errors.ts';

/**
 * Options of a command line, judged.
 * @param positional the option that is given without `--`
 * @throws TacitError `misuse`, with every fault
 */
export function optionsFrom<Options>(
  schema: z.ZodType<Options>,
  given: object,
  command: string,
  positional?: string,
): Options {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message, input }) => {
    const name = String(path[0] ?? '');
    const shown = name === positional ? name : `--${kebab(name)}`;
    return input === undefined && !(name in given) ? `${shown} is missing` : `${shown} ${message}`;
  });
  throw new TacitError('misuse', `${[...new Set(faults)].join('; ')}; see tacit ${command} --help`);
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
