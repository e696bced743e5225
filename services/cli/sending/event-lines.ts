/** Events as one request carries them: JSON lines. */
export interface LineBatch {
  readonly lines: readonly string[];
  readonly sizeBytes: number;
  /** How far the clock of the device that sends them is ahead of true time; absent: no clock is told. */
  readonly clockOffsetMs?: number;
}

const maxLines = 500;
const maxBytes = 1024 * 1024;

/** Gathers lines into requests of at most 500 events or 1 MiB; a longer line goes alone. Empty lines are left out. */
export async function* lineBatches(
  lines: Iterable<string> | AsyncIterable<string>,
): AsyncGenerator<LineBatch> {
  let batch: string[] = [];
  let sizeBytes = 0;
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const lineBytes = Buffer.byteLength(line) + 1;
    if (batch.length === maxLines || (batch.length > 0 && sizeBytes + lineBytes > maxBytes)) {
      yield { lines: batch, sizeBytes };
      batch = [];
      sizeBytes = 0;
    }
    batch.push(line);
    sizeBytes += lineBytes;
  }
  if (batch.length > 0) yield { lines: batch, sizeBytes };
}
