import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

/** Where the process that serves a data directory can be asked to work. Only a hint: chDB's lock says who owns it. */
const ownerHint = z.object({
  /** `http://127.0.0.1:8224` */
  address: z.url({ protocol: /^http$/ }),
  pid: z.int().positive(),
  /** What control calls must bring. */
  token: z.string().min(32),
});

export type OwnerHint = z.infer<typeof ownerHint>;

/** Readable by its owner only; takes the place of a stale one whole. */
export async function writeOwnerHint(dataDir: string, hint: OwnerHint): Promise<void> {
  const path = hintPath(dataDir);
  const draft = `${path}.${hint.pid}`;
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(hint)}\n`);
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/** @returns undefined when there is none, or none that can be read. */
export async function readOwnerHint(dataDir: string): Promise<OwnerHint | undefined> {
  try {
    const parsed = ownerHint.safeParse(JSON.parse(await readFile(hintPath(dataDir), 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Takes the hint away if it is still this process's own. */
export async function removeOwnerHint(dataDir: string, token: string): Promise<void> {
  const hint = await readOwnerHint(dataDir);
  if (hint?.token === token) await rm(hintPath(dataDir), { force: true });
}

function hintPath(dataDir: string): string {
  return join(dataDir, 'serve.json');
}
