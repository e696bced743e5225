import { at, positionAt } from '../maths/matrix.ts';
import { cellColumns, productColumns } from './moments-sql.ts';
import type { AnnotatorRow } from './moments-sql.ts';
import type { Moments } from './moments.ts';
import type { StrataCodes } from './strata-codes.ts';

/**
 * The rows of queries B and C, as doubles and in any order, as moments: annotators in the order of their list, strata
 * in the order of their codes.
 * @param cellParts results of query B over ranges of annotators that do not overlap
 * @throws RangeError when a row is about an annotator or stratum that the lists do not have
 */
export function momentsFromWarehouse(
  annotators: readonly AnnotatorRow[],
  strata: StrataCodes,
  cellParts: readonly Float64Array[],
  productRows: Float64Array,
  width: number,
): Moments {
  const annotatorOf = positionsOf(annotators.map(({ key }) => key));
  const stratumOf = positionsOf(strata.codes);
  const columns = cellColumns(width);
  const count = cellParts.reduce((sum, part) => sum + part.length / columns, 0);

  const owners = new Int32Array(count);
  const strataOfCells = new Int32Array(count);
  let next = 0;
  for (const part of cellParts)
    for (let offset = 0; offset < part.length; offset += columns, next += 1) {
      owners[next] = annotatorOf(at(part, offset));
      strataOfCells[next] = stratumOf(at(part, offset + 1));
    }
  const byStratum = stableOrder(strataOfCells, strata.codes.length);
  const order = stableOrder(owners, annotators.length, byStratum);

  const rank = new Int32Array(count);
  order.forEach((cell, place) => (rank[cell] = place));
  const cellRows = new Float64Array(count);
  const cellSums = new Float64Array(count * width);
  next = 0;
  for (const part of cellParts)
    for (let offset = 0; offset < part.length; offset += columns, next += 1) {
      const place = positionAt(rank, next);
      cellRows[place] = part[offset + 2] as number;
      for (let j = 0; j < width; j += 1) cellSums[place * width + j] = part[offset + 3 + j] as number;
    }
  return {
    width,
    annotators: annotators.map(({ annotator_id }) => annotator_id),
    strata: strata.names,
    cellAnnotator: order.map((cell) => positionAt(owners, cell)),
    cellStratum: order.map((cell) => positionAt(strataOfCells, cell)),
    cellRows,
    cellSums,
    products: squaresFromTriangles(annotatorOf, annotators.length, productRows, width),
  };
}

function squaresFromTriangles(
  annotatorOf: (key: number) => number,
  annotators: number,
  rows: Float64Array,
  width: number,
): Float64Array {
  const products = new Float64Array(annotators * width * width);
  for (let offset = 0; offset < rows.length; offset += productColumns(width)) {
    const g = annotatorOf(at(rows, offset));
    let next = offset + 1;
    for (let i = 0; i < width; i += 1)
      for (let j = i; j < width; j += 1, next += 1) {
        products[(g * width + i) * width + j] = rows[next] as number;
        products[(g * width + j) * width + i] = rows[next] as number;
      }
  }
  return products;
}

/** Where a key stands in a list: open addressing by the low bits, several times as fast as a Map of doubles. */
function positionsOf(keys: readonly number[]): (key: number) => number {
  const mask = 2 ** Math.ceil(Math.log2(2 * keys.length + 2)) - 1;
  const slots = new Int32Array(mask + 1).fill(-1);
  const listed = Float64Array.from(keys);
  const find = (key: number) => {
    for (let slot = key & mask; ; slot = (slot + 1) & mask) {
      const position = positionAt(slots, slot);
      if (position < 0 || at(listed, position) === key) return slot;
    }
  };
  keys.forEach((key, position) => (slots[find(key)] = position));
  return (key) => {
    const position = positionAt(slots, find(key));
    if (position < 0)
      throw new RangeError(
        'a sum is of an annotator or stratum that is not listed: the queries read different rows',
      );
    return position;
  };
}

/** Counting sort: positions of `keys` in ascending order of key, ties as `start` has them. */
function stableOrder(keys: Int32Array, distinct: number, start?: Int32Array): Int32Array {
  const starts = new Int32Array(distinct + 1);
  for (const key of keys) starts[key + 1] = (starts[key + 1] as number) + 1;
  for (let key = 0; key < distinct; key += 1)
    starts[key + 1] = (starts[key + 1] as number) + (starts[key] as number);
  const order = new Int32Array(keys.length);
  for (let i = 0; i < keys.length; i += 1) {
    const cell = start ? (start[i] as number) : i;
    const key = keys[cell] as number;
    const place = starts[key] as number;
    order[place] = cell;
    starts[key] = place + 1;
  }
  return order;
}
