/** What a check has to say: one line about what it looked at, and one line a fault; none means it passed. */
export type Finding = { readonly says: string; readonly faults: readonly string[] };
