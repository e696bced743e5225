/**
 * A receipt is a UUID (version 8, RFC 9562) that carries how many events of its request were accepted and rejected,
 * so that asking for it needs no record of its own: 48 bits of time, 48 random bits, two 13-bit counts.
 */
export interface ReceiptCounts {
  /** 0 to 8191. */
  accepted: number;
  /** 0 to 8191. */
  rejected: number;
}

/**
 * @param nowMs milliseconds since the epoch
 * @param random at least 6 random bytes
 */
export function receiptFromCounts(counts: ReceiptCounts, nowMs: number, random: Uint8Array): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = random;
  const time = hex(nowMs, 12);
  const version = hex(0x8000 | a | ((b & 0xf) << 8), 4);
  // 2 bits of variant, 13 and 13 of counts, 36 random ones.
  const high = hex(0x80000000 + counts.accepted * 2 ** 17 + counts.rejected * 2 ** 4 + (b >> 4), 8);
  const low = hex(c * 2 ** 24 + (d << 16) + (e << 8) + f, 8);
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}-${high.slice(0, 4)}-${high.slice(4)}${low}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/** @returns undefined when the text is not such a UUID. */
export function countsFromReceipt(receipt: string): ReceiptCounts | undefined {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(receipt))
    return undefined;
  const low = BigInt(`0x${receipt.slice(19).replace('-', '')}`);
  return { accepted: Number((low >> 49n) & 0x1fffn), rejected: Number((low >> 36n) & 0x1fffn) };
}
