import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

import type { Story } from '../../../pipelines/pairs/story.ts';
import { rowsFromLines } from './json-lines.ts';

/** Stories of a run of annotators as JSON lines, which may be packed. */
export interface StoryLines {
  readonly bytes: Uint8Array;
  readonly isPacked: boolean;
}

export function storiesFrom({ bytes, isPacked }: StoryLines): Iterable<Story> {
  return rowsFromLines<Story>(isPacked ? zstdDecompressSync(bytes) : bytes);
}

/** An eighth or less, for who reads them again. */
export function packedStories({ bytes, isPacked }: StoryLines): Uint8Array {
  if (isPacked) return bytes;
  const level = { [constants.ZSTD_c_compressionLevel]: 1 };
  return new Uint8Array(zstdCompressSync(bytes, { params: level }));
}
