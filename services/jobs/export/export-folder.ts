import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { TacitError } from '../../../schemas/errors.ts';

const flushBytes = 1024 * 1024;

/** Writes lines into one file of the folder; `end` makes them durable. */
export interface LineFile {
  write(line: string): Promise<void>;
  end(): Promise<void>;
}

/**
 * A folder that gets its files all or not: they are written beside their names and renamed at the end, in the order
 * they were opened.
 */
export function createExportFolder(dir: string) {
  const opened: { name: string; close: () => Promise<void> }[] = [];
  const partial = (name: string) => join(dir, `${name}.partial`);

  return {
    async openFile(name: string): Promise<LineFile> {
      await mkdir(dirname(join(dir, name)), { recursive: true });
      const file = await open(partial(name), 'w');
      let lines: string[] = [];
      let waiting = 0;
      const flush = async () => {
        const text = lines.join('');
        lines = [];
        waiting = 0;
        await file.writeFile(text);
      };
      let open_ = true;
      const close = async () => {
        if (open_) await file.close();
        open_ = false;
      };
      opened.push({ name, close });
      return {
        async write(line) {
          lines.push(line);
          waiting += line.length;
          if (waiting >= flushBytes) await flush();
        },
        async end() {
          await flush();
          await file.sync();
          await close();
        },
      };
    },
    async publish(): Promise<string[]> {
      for (const { name } of opened) await rename(partial(name), join(dir, name));
      return opened.map(({ name }) => name);
    },
    async discard(): Promise<void> {
      for (const { name, close } of opened) {
        await close();
        await rm(partial(name), { force: true });
      }
    },
  };
}

/**
 * A folder that has anything in it is only written when its card bears the mark, or when forced.
 * @throws TacitError `misuse`
 */
export async function assertMayWrite(dir: string, mark: string, force: boolean): Promise<void> {
  const held = await readdir(dir).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new TacitError('misuse', `${dir} cannot be written as a folder`, { cause: error });
  });
  if (held.length === 0 || force) return;
  const card = await readFile(join(dir, 'README.md'), 'utf8').catch(() => '');
  if (card.includes(mark)) return;
  throw new TacitError('misuse', `${dir} holds something else: choose an empty folder, or say --force`);
}
