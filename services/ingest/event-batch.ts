import type { Fault } from './fault.ts';

/** The events of one request, read but not yet judged. */
export interface EventBatch {
  /** As the client wrote it, if it did. */
  readonly sentAt: unknown;
  readonly writeKey: unknown;
  /** One entry an event; where a fault stands, the value means nothing. */
  readonly values: readonly unknown[];
  /** Events that could not even be read, by index. */
  readonly faults: ReadonlyMap<number, Fault>;
  /** Decoded bytes of the whole body. */
  readonly bodyBytes: number;
  /** A string may hold a lone surrogate: the body has an escape of one half of a pair. */
  readonly mayNeedMending: boolean;
  /** The bytes of one event as they came. */
  bytesOf(index: number): Buffer;
  sizeOf(index: number): number;
}

/** Only an escape can bring a lone surrogate: decoding UTF-8 never makes one. */
export function mayNeedMending(text: string): boolean {
  return text.includes('\\ud') || text.includes('\\uD');
}
