/** Little-endian doubles as ClickHouse's RowBinary writes Float64 columns, without a copy where their place allows. */
export function numbersFromBytes(bytes: Uint8Array): Float64Array {
  if (bytes.byteLength % 8 !== 0) throw new RangeError('a column of the result is not Float64');
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : Uint8Array.from(bytes);
  return new Float64Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 8);
}
