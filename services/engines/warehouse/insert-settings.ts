/** Settings of every insert, on both drivers. */
export const insertSettings = {
  /** Answered once the rows are written, not once they are gathered. */
  async_insert: 0,
  /**
   * Rows of one identity within an insert are left to merges and FINAL, as those of several inserts are: merging every
   * block before it is written took a quarter of what an insert costs.
   */
  optimize_on_insert: 0,
  /** An insert is a few megabytes: one thread reads it, without copies for others. */
  input_format_parallel_parsing: 0,
} as const;
