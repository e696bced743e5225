export interface StratifySettings {
  /** Rows of one partition in one insert at most: an insert has a cost of its own, and rows wait in memory for it. */
  readonly maxRowsPerChunk: number;
  /** Inserts of small chunks begin at least so far apart. */
  readonly maxChunkAgeMs: number;
  /** Identities among which repeats are noticed. */
  readonly repeatWindow: number;
  /** Annotators of each app whose history is kept in memory: at least those of three full chunks, which may be in hand. */
  readonly annotatorsKept: number;
  /** How long the embedded log keeps what the warehouse has. */
  readonly logRetentionMs: number;
}

export const defaultStratifySettings: StratifySettings = {
  maxRowsPerChunk: 15_000,
  maxChunkAgeMs: 200,
  repeatWindow: 200_000,
  annotatorsKept: 50_000,
  logRetentionMs: 24 * 3_600_000,
};
