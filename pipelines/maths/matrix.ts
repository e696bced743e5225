/** Dense matrices as row-major `Float64Array`; every shape is an argument. */

/** a b, `rows` x `inner` times `inner` x `columns`. */
export function multiply(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): Float64Array {
  const product = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i += 1)
    for (let k = 0; k < inner; k += 1) {
      const factor = at(a, i * inner + k);
      if (factor === 0) continue;
      for (let j = 0; j < columns; j += 1)
        product[i * columns + j] = at(product, i * columns + j) + factor * at(b, k * columns + j);
    }
  return product;
}

/** v'w, both of length `size`. */
export function dot(v: Float64Array, w: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < v.length; i += 1) sum += at(v, i) * at(w, i);
  return sum;
}

/** v'Av of a square matrix. */
export function quadraticForm(matrix: Float64Array, v: Float64Array): number {
  return dot(v, multiply(matrix, v, v.length, v.length, 1));
}

/** target += factor v v', in place; `target` is square of the length of v. */
export function addOuter(target: Float64Array, v: Float64Array, factor: number): void {
  const size = v.length;
  for (let i = 0; i < size; i += 1)
    for (let j = 0; j < size; j += 1)
      target[i * size + j] = at(target, i * size + j) + factor * at(v, i) * at(v, j);
}

/**
 * The rows and columns that two lists of indices name.
 * @param matrix `width` columns; it begins at `offset`
 * @param part where they are written: rows x columns
 */
export function submatrix(
  matrix: Float64Array,
  width: number,
  rows: readonly number[],
  columns: readonly number[],
  offset = 0,
  part = new Float64Array(rows.length * columns.length),
): Float64Array {
  let next = 0;
  for (let i = 0; i < rows.length; i += 1) {
    const row = offset + (rows[i] as number) * width;
    for (let j = 0; j < columns.length; j += 1, next += 1)
      part[next] = matrix[row + (columns[j] as number)] as number;
  }
  return part;
}

/** The diagonal of a square matrix. */
export function diagonal(matrix: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => at(matrix, i * size + i));
}

/** An element that the caller knows to be there. For one kind of array only, which keeps it inlined. */
export function at(values: Float64Array, index: number): number {
  return values[index] as number;
}

/** The same for positions. */
export function positionAt(values: Int32Array, index: number): number {
  return values[index] as number;
}
