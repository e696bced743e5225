/** Coefficients of y on the columns of X by the normal equations. Rows are short arrays; for tests only. */
export function leastSquares(x: readonly number[][], y: readonly number[]): number[] {
  const p = x[0]?.length ?? 0;
  const system = Array.from({ length: p }, (_, i) =>
    Array.from({ length: p + 1 }, (__, j) =>
      x.reduce((sum, row, n) => sum + at(row, i) * (j < p ? at(row, j) : at(y, n)), 0),
    ),
  );
  for (let k = 0; k < p; k += 1) {
    const pivotRow = system[k] ?? [];
    const pivot = at(pivotRow, k);
    for (let i = 0; i < p; i += 1) {
      const row = system[i] ?? [];
      if (i === k) continue;
      const factor = at(row, k) / pivot;
      for (let j = k; j <= p; j += 1) row[j] = at(row, j) - factor * at(pivotRow, j);
    }
  }
  return system.map((row, i) => at(row, p) / at(row, i));
}

/** Takes the group means out of every column, for each grouping in turn, over and over. */
export function demeaned(
  columns: number[][],
  groupings: readonly (readonly string[])[],
  rounds = 15,
): number[][] {
  const out = columns.map((column) => Float64Array.from(column));
  const numbered = groupings.map(numbersOf);
  for (let round = 0; round < rounds; round += 1) {
    for (const { numbers, count } of numbered) for (const column of out) takeMeansOut(column, numbers, count);
  }
  return out.map((column) => [...column]);
}

function takeMeansOut(column: Float64Array, numbers: Int32Array, count: number): void {
  const sums = new Float64Array(count);
  const sizes = new Float64Array(count);
  numbers.forEach((group, i) => {
    sums[group] = (sums[group] ?? 0) + (column[i] ?? 0);
    sizes[group] = (sizes[group] ?? 0) + 1;
  });
  numbers.forEach((group, i) => {
    column[i] = (column[i] ?? 0) - (sums[group] ?? 0) / (sizes[group] ?? 1);
  });
}

function numbersOf(groups: readonly string[]): { numbers: Int32Array; count: number } {
  const known = new Map<string, number>();
  const numbers = Int32Array.from(groups, (group) => {
    const number = known.get(group) ?? known.size;
    known.set(group, number);
    return number;
  });
  return { numbers, count: known.size };
}

export function transposed(columns: readonly number[][]): number[][] {
  return (columns[0] ?? []).map((_, i) => columns.map((column) => at(column, i)));
}

function at(list: readonly number[], i: number): number {
  return list[i] ?? 0;
}
