/** Bytes of one request that count against the budget until it is answered. */
export interface HeldBytes {
  /** @returns false when the budget has no room; nothing is taken then. */
  take(bytes: number): boolean;
  /** Gives everything back. */
  release(): void;
}

export interface ByteBudget {
  readonly inFlight: () => number;
  open(): HeldBytes;
}

/** Bounds the bytes of all requests between their arrival and their answer. */
export function createByteBudget(maxBytes: number): ByteBudget {
  let inFlight = 0;
  return {
    inFlight: () => inFlight,
    open() {
      let held = 0;
      return {
        take(bytes) {
          if (inFlight + bytes > maxBytes) return false;
          inFlight += bytes;
          held += bytes;
          return true;
        },
        release() {
          inFlight -= held;
          held = 0;
        },
      };
    },
  };
}
