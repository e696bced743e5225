import type { RejectionCode } from '../../schemas/dead-letter.ts';

/** What a step says of one record: go on with it, it was here before, or nobody can use it. */
export type Outcome<Value> =
  | { readonly kind: 'continue'; readonly value: Value }
  | { readonly kind: 'repeat'; readonly firstPlace: number }
  | { readonly kind: 'dead-letter'; readonly reason: RejectionCode; readonly message: string };
