/** Bytes at most two levels down in a message, where they fill their memory: they go to another thread without a copy. */
export function buffersOf(message: object | undefined): ArrayBuffer[] {
  const fields = Object.values(message ?? {}) as readonly unknown[];
  const within = fields.flatMap((field) => (isPlain(field) ? Object.values(field) : []));
  return [...fields, ...within].flatMap((value) => {
    if (!(value instanceof Uint8Array) || !(value.buffer instanceof ArrayBuffer)) return [];
    return value.byteLength === value.buffer.byteLength ? [value.buffer] : [];
  });
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
