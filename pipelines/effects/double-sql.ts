/** A finite double as SQL text that reads back as the same one: parameters refuse whole numbers over 2^53. */
export function doubleSql(value: number): string {
  return value < 0 ? `(${String(value)})` : String(value);
}
