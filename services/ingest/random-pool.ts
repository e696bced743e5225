const poolBytes = 4096;

/** Asks for random bytes in bulk: each call into the system costs as much as judging twenty events. */
export function createRandomPool(random: (bytes: number) => Uint8Array): (bytes: number) => Uint8Array {
  let pool = new Uint8Array(0);
  let used = 0;
  return (bytes) => {
    if (used + bytes > pool.length) {
      pool = Uint8Array.from(random(Math.max(poolBytes, bytes)));
      used = 0;
    }
    used += bytes;
    return pool.subarray(used - bytes, used);
  };
}
