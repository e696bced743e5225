import { createHash } from 'node:crypto';
import { access, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { TacitError } from '../../../schemas/errors.ts';

const flushBytes = 1024 * 1024;

/** Every file that an export may put rows into, beside provenance.jsonl. */
const rowFiles = ['data/train', 'data/validation', 'data/test', 'gold/test'].flatMap((name) => [
  `${name}.jsonl`,
  `${name}.parquet`,
]);

/** What stands in a file that was ended. */
export interface WrittenFile {
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Writes into one file of the folder; `end` makes it durable. */
export interface FolderFile {
  write(text: string): Promise<void>;
  writeBytes(bytes: Uint8Array): Promise<void>;
  end(): Promise<WrittenFile>;
}

/**
 * A folder that gets its files all or not: they are written beside their names and renamed at the end, in the order
 * they were opened.
 */
export function createExportFolder(dir: string) {
  const opened: { name: string; close: () => Promise<void> }[] = [];
  const partial = (name: string) => join(dir, `${name}.partial`);

  return {
    async openFile(name: string): Promise<FolderFile> {
      await mkdir(dirname(join(dir, name)), { recursive: true });
      const file = await open(partial(name), 'w');
      const hash = createHash('sha256');
      let [lines, waiting, sizeBytes]: [string[], number, number] = [[], 0, 0];
      const writeBytes = async (bytes: Uint8Array) => {
        hash.update(bytes);
        sizeBytes += bytes.length;
        await file.writeFile(bytes);
      };
      const flush = async () => {
        const text = lines.join('');
        [lines, waiting] = [[], 0];
        await writeBytes(Buffer.from(text));
      };
      let isOpen = true;
      const close = async () => {
        if (isOpen) await file.close();
        isOpen = false;
      };
      opened.push({ name, close });
      return {
        writeBytes,
        async write(text) {
          lines.push(text);
          waiting += text.length;
          if (waiting >= flushBytes) await flush();
        },
        async end() {
          await flush();
          await file.sync();
          await close();
          return { name, sha256: hash.digest('hex'), sizeBytes };
        },
      };
    },
    /** @param former files of an export that this one replaces; those that it does not write again are removed */
    async publish(former: readonly string[] = []): Promise<string[]> {
      for (const { name } of opened) await rename(partial(name), join(dir, name));
      const names = opened.map(({ name }) => name);
      for (const name of former) if (!names.includes(name)) await rm(join(dir, name), { force: true });
      return names;
    },
    async discard(): Promise<void> {
      for (const { name, close } of opened) {
        await close();
        await rm(partial(name), { force: true });
      }
    },
  };
}

export type ExportFolder = ReturnType<typeof createExportFolder>;

/**
 * A folder that has anything in it is only written when its card bears the mark, or when forced.
 * @returns the rows' files of the former export with this mark
 * @throws TacitError `misuse`
 */
export async function assertMayWrite(dir: string, mark: string, force: boolean): Promise<string[]> {
  const held = await readdir(dir).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new TacitError('misuse', `${dir} cannot be written as a folder`, { cause: error });
  });
  const card = await readFile(join(dir, 'README.md'), 'utf8').catch(() => '');
  if (card.includes(mark)) {
    const found = await Promise.all(
      rowFiles.map(async (name) => ((await exists(join(dir, name))) ? [name] : [])),
    );
    return found.flat();
  }
  if (held.length === 0 || force) return [];
  throw new TacitError('misuse', `${dir} holds something else: choose an empty folder, or say --force`);
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
