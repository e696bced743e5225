/**
 * All eigenvalues of a symmetric matrix, ascending: Householder tridiagonalization, then implicit QL (Martin, Reinsch
 * and Wilkinson 1968; Golub and Van Loan 8.3). About 4/3 size^3 multiplications.
 *
 * @param matrix row-major, size x size; overwritten
 */
export function symmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  const { diagonal, below } = tridiagonal(matrix, size);
  return tridiagonalSpectrum(diagonal, below).values.sort();
}

function tridiagonal(a: Float64Array, size: number): { diagonal: Float64Array; below: Float64Array } {
  const diagonal = new Float64Array(size);
  const below = new Float64Array(Math.max(0, size - 1));
  const v = new Float64Array(size);
  const w = new Float64Array(size);
  for (let k = 0; k < size - 1; k += 1) {
    diagonal[k] = a[k * size + k] as number;
    // The reflection that clears column k below its first subdiagonal element.
    let rest = 0;
    for (let i = k + 2; i < size; i += 1) rest += (a[i * size + k] as number) ** 2;
    const head = a[(k + 1) * size + k] as number;
    if (rest === 0) {
      below[k] = head;
      continue;
    }
    const norm = Math.sqrt(head * head + rest);
    const target = head > 0 ? -norm : norm;
    below[k] = target;
    for (let i = k + 1; i < size; i += 1) v[i] = a[i * size + k] as number;
    v[k + 1] = head - target;
    const scale = 1 / (norm * norm - head * target);
    // a -= v w' + w v' on the lower triangle, w = scale (A v) - (scale^2 / 2)(v'Av) v.
    w.fill(0, k + 1);
    for (let i = k + 1; i < size; i += 1) {
      const row = i * size;
      const vi = v[i] as number;
      let sum = (a[row + i] as number) * vi;
      for (let j = k + 1; j < i; j += 1) {
        const value = a[row + j] as number;
        sum += value * (v[j] as number);
        w[j] = (w[j] as number) + value * vi;
      }
      w[i] = (w[i] as number) + sum;
    }
    let along = 0;
    for (let i = k + 1; i < size; i += 1) along += (v[i] as number) * (w[i] as number);
    const half = 0.5 * scale * scale * along;
    for (let i = k + 1; i < size; i += 1) w[i] = scale * (w[i] as number) - half * (v[i] as number);
    for (let i = k + 1; i < size; i += 1) {
      const row = i * size;
      const vi = v[i] as number;
      const wi = w[i] as number;
      for (let j = k + 1; j <= i; j += 1)
        a[row + j] = (a[row + j] as number) - vi * (w[j] as number) - wi * (v[j] as number);
    }
  }
  if (size > 0) diagonal[size - 1] = a[size * size - 1] as number;
  return { diagonal, below };
}

/**
 * Eigenvalues of the symmetric tridiagonal matrix with this diagonal and this line below it, in no order, and the
 * squared first component of each eigenvector (Golub and Welsch 1969). `diagonal` is overwritten.
 */
export function tridiagonalSpectrum(
  diagonal: Float64Array,
  below: Float64Array,
): { values: Float64Array; weights: Float64Array } {
  const size = diagonal.length;
  const e = new Float64Array(size);
  e.set(below.subarray(0, Math.max(0, size - 1)));
  const firsts = new Float64Array(size);
  firsts[0] = 1;
  for (let low = 0; low < size; low += 1) {
    for (let round = 0; round < 100; round += 1) {
      let end = low;
      while (end < size - 1) {
        const scale = Math.abs(diagonal[end] as number) + Math.abs(diagonal[end + 1] as number);
        if (Math.abs(e[end] as number) <= Number.EPSILON * scale) break;
        end += 1;
      }
      if (end === low) break;
      qlStep(diagonal, e, firsts, low, end);
    }
  }
  return { values: diagonal, weights: firsts.map((first) => first * first) };
}

function qlStep(d: Float64Array, e: Float64Array, firsts: Float64Array, low: number, end: number): void {
  const slope = ((d[low + 1] as number) - (d[low] as number)) / (2 * (e[low] as number));
  const root = Math.hypot(slope, 1);
  let g =
    (d[end] as number) - (d[low] as number) + (e[low] as number) / (slope + (slope >= 0 ? root : -root));
  let [sine, cosine, shift] = [1, 1, 0];
  for (let i = end - 1; i >= low; i -= 1) {
    const f = sine * (e[i] as number);
    const b = cosine * (e[i] as number);
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] = (d[i + 1] as number) - shift;
      e[end] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = (d[i + 1] as number) - shift;
    const turn = ((d[i] as number) - g) * sine + 2 * cosine * b;
    shift = sine * turn;
    d[i + 1] = g + shift;
    g = cosine * turn - b;
    const upper = firsts[i + 1] as number;
    firsts[i + 1] = sine * (firsts[i] as number) + cosine * upper;
    firsts[i] = cosine * (firsts[i] as number) - sine * upper;
  }
  d[low] = (d[low] as number) - shift;
  e[low] = g;
  e[end] = 0;
}
