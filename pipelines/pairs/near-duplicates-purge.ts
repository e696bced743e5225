import { jaccard, sketchFromSignature, withNearDuplicate } from './near-duplicates.ts';
import type { SketchedText, TextSignature } from './near-duplicates.ts';

/** Near-duplicates leave the earlier of two sides: never what is held out for testing. */
export type Side = 'train' | 'validation' | 'test';

export interface PurgeRow {
  /** Distinct, and as good as random: of near-duplicates on the train side the least id stays. */
  readonly id: string;
  /** Rows of one group share their context and are no duplicates of each other. */
  readonly groupId: string;
  readonly side: Side;
  /** Of each reply in its context (`documentOfReply`): of a pair chosen, then rejected. */
  readonly documents: readonly TextSignature[];
}

export const purgeReasons = [
  'near_duplicate_of_test',
  'near_duplicate_of_validation',
  'near_duplicate',
] as const;
export type PurgeReason = (typeof purgeReasons)[number];

/** A row as it is compared; half of the work on a text is done, and can be done anywhere. */
export type SketchedRow = Omit<PurgeRow, 'documents'> & { readonly documents: readonly SketchedText[] };

/** Least Jaccard similarity of two replies in their contexts that repeat each other. */
export const nearDuplicate = 0.8;

/** Sketches rows one after the other, their numbers side by side in memory. */
export function createRowSketcher(threshold = nearDuplicate): (row: PurgeRow) => SketchedRow {
  const stored = createNumberStore();
  return ({ documents, ...row }) => ({
    ...row,
    documents: documents.map((document) => {
      const { signature, keys } = sketchFromSignature(document, threshold);
      return { signature: stored(signature), keys: stored(keys) };
    }),
  });
}

/** Numbers are kept in pieces of so many. */
const pieceSize = 1 << 16;

/**
 * Which rows leave a dataset as near-duplicates. Every rule looks at two rows at a time, so the outcome is the same in
 * any order of the rows, and taking rows away never makes another one leave:
 * - a row leaves when any of its documents is a near-duplicate of one of a row of another group on a later side
 *   (train < validation < test);
 * - a train row leaves when all its documents are near-duplicates of those of a train row of another group with a
 *   lesser id.
 * @param rows as `createRowSketcher` gives them, with the same threshold
 * @returns by id of each row that leaves
 */
export function nearDuplicates(
  rows: readonly SketchedRow[],
  threshold = nearDuplicate,
): Map<string, PurgeReason> {
  const drops = new Map<string, PurgeReason>();
  const onSide = (side: Side) => rows.filter((row) => row.side === side);
  const [train, validation, test] = [onSide('train'), onSide('validation'), onSide('test')];
  const mark = (found: readonly SketchedRow[], reason: PurgeReason) => {
    for (const { id } of found) if (!drops.has(id)) drops.set(id, reason);
  };
  mark(leaked([...train, ...validation], test, threshold), 'near_duplicate_of_test');
  mark(leaked(train, validation, threshold), 'near_duplicate_of_validation');
  mark(repeated(train, threshold), 'near_duplicate');
  return drops;
}

function leaked(
  rows: readonly SketchedRow[],
  held: readonly SketchedRow[],
  threshold: number,
): SketchedRow[] {
  const [queries, entries] = [documentsOf(rows), documentsOf(held)];
  const found = withNearDuplicate(
    queries.texts,
    entries.texts,
    threshold,
    (query, entry) => queries.rowOf[query]?.groupId !== entries.rowOf[entry]?.groupId,
  );
  return [...new Set(queries.rowOf.filter((_, query) => found[query] === 1))];
}

function documentsOf(rows: readonly SketchedRow[]) {
  return {
    texts: rows.flatMap(({ documents }) => documents),
    rowOf: rows.flatMap((row) => row.documents.map(() => row)),
  };
}

function repeated(rows: readonly SketchedRow[], threshold: number): SketchedRow[] {
  const sorted = rows
    .filter(({ documents }) => documents.length > 0)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const texts = sorted.flatMap(({ documents }) => documents.slice(0, 1));
  const found = withNearDuplicate(
    texts,
    texts,
    threshold,
    (query, entry) => entry < query && isRepeat(sorted[query], sorted[entry], threshold),
  );
  return sorted.filter((_, query) => found[query] === 1);
}

/** Whether all documents after the first, which is judged elsewhere, are near-duplicates. */
function isRepeat(
  row: SketchedRow | undefined,
  earlier: SketchedRow | undefined,
  threshold: number,
): boolean {
  if (
    !row ||
    !earlier ||
    earlier.groupId === row.groupId ||
    earlier.documents.length !== row.documents.length
  )
    return false;
  return row.documents.every((document, index) => {
    const other = earlier.documents[index];
    return index === 0 || (other !== undefined && jaccard(document.signature, other.signature) >= threshold);
  });
}

/** Copies numbers into large pieces: a million small arrays cost more than what is in them. */
function createNumberStore() {
  let piece = new Uint32Array(0);
  let used = 0;
  return (numbers: Uint32Array): Uint32Array => {
    if (used + numbers.length > piece.length) {
      piece = new Uint32Array(Math.max(pieceSize, numbers.length));
      used = 0;
    }
    const copy = piece.subarray(used, used + numbers.length);
    copy.set(numbers);
    used += numbers.length;
    return copy;
  };
}
