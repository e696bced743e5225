/** SQL text with its parameters, for the warehouse. */
export interface StageQuery {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The app, and of each partition of the log the first place that is not included. */
export interface AsOf {
  readonly app: string;
  readonly places: readonly number[];
}
