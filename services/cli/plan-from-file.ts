import { readFile } from 'node:fs/promises';

import { z } from 'zod';

import { TacitError } from '../../schemas/errors.ts';

/**
 * An analysis plan as somebody wrote it; what is in it is judged later.
 * @throws TacitError `misuse`: no such file, or no JSON object in it
 */
export async function planFromFile(file: string): Promise<object> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new TacitError('misuse', `the plan ${file} cannot be read`, { cause });
  });
  try {
    return z.looseObject({}).parse(JSON.parse(text));
  } catch (cause) {
    throw new TacitError('misuse', `the plan ${file} is not a JSON object`, { cause });
  }
}
