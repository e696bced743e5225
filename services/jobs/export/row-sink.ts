/** Rows of one file. `end` must be called once, also for a file without rows. */
export interface RowSink {
  write(row: object): Promise<void>;
  end(): Promise<void>;
}
