import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** One answer of 202, with what was in the request. */
export interface Acknowledged {
  readonly request: number;
  readonly receipt: string;
  /** Of the process that sends, milliseconds. */
  readonly sentMs: number;
  readonly answeredMs: number;
  readonly eventIds: readonly string[];
}

/** Keeps what was acknowledged, on disk before anything is concluded from it. */
export interface Journal {
  write(acknowledged: Acknowledged): void;
  /** Everything written, from the disk. */
  read(): Acknowledged[];
  close(): void;
}

export function openJournal(path: string): Journal {
  const file = openSync(path, 'wx');
  return {
    write(acknowledged) {
      writeSync(file, `${JSON.stringify(acknowledged)}\n`);
      fdatasyncSync(file);
    },
    read: () =>
      readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Acknowledged),
    close: () => {
      closeSync(file);
    },
  };
}
