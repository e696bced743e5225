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
  const bits =
    (BigInt(nowMs) << 80n) |
    (8n << 76n) |
    (BigInt((random[0] ?? 0) | ((random[1] ?? 0) << 8)) & 0xfffn) << 64n |
    (2n << 62n) |
    (BigInt(counts.accepted) << 49n) |
    (BigInt(counts.rejected) << 36n) |
    (BigInt(random[2] ?? 0) << 24n) |
    (BigInt(random[3] ?? 0) << 16n) |
    (BigInt(random[4] ?? 0) << 8n) |
    BigInt(random[5] ?? 0) |
    (BigInt((random[1] ?? 0) >> 4) << 32n);
  const hex = bits.toString(16).padStart(32, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** @returns undefined when the text is not such a UUID. */
export function countsFromReceipt(receipt: string): ReceiptCounts | undefined {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(receipt)) return undefined;
  const low = BigInt(`0x${receipt.slice(19).replace('-', '')}`);
  return { accepted: Number((low >> 49n) & 0x1fffn), rejected: Number((low >> 36n) & 0x1fffn) };
}
