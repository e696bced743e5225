import type { AnalysisPlan, StrataPart } from '../../schemas/analysis-plan.ts';
import { stratifications } from './stratification.ts';

/** What the sessions are at their finest: one row a combination of all parts of a stratum. */
export type StratumRow = Readonly<Record<StrataPart, string | number>>;

/** How a stratum is written as a number, in SQL and back. */
export interface StrataCodes {
  /** Names of the strata that occur, parts joined by |, in order of their codes. */
  readonly names: readonly string[];
  /** Of each name, ascending. */
  readonly codes: readonly number[];
  /** An expression over a row, and what it refers to. */
  readonly sql: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

const nameOf = (row: StratumRow, part: StrataPart) =>
  part === 'period' ? `W${String(row.period)}` : String(row[part]);

/** Strata of each of the plan's stratifications, finest first. */
export function strataCounts(rows: readonly StratumRow[], plan: Pick<AnalysisPlan, 'strata'>): number[] {
  return stratifications(plan).map(
    (parts) => new Set(rows.map((row) => JSON.stringify(parts.map((part) => row[part])))).size,
  );
}

/** Mixed-radix code of the parts; the first part counts most. */
export function strataCodes(rows: readonly StratumRow[], parts: readonly StrataPart[]): StrataCodes {
  const levels = parts.map((part) =>
    [...new Set(rows.map((row) => row[part]))].sort((a, b) => (a < b ? -1 : 1)),
  );
  const radix = parts.map((_, i) => levels.slice(i + 1).reduce((product, { length }) => product * length, 1));
  const codeOf = (row: StratumRow) =>
    parts.reduce((code, part, i) => code + (radix[i] ?? 1) * (levels[i] ?? []).indexOf(row[part]), 0);
  const names = new Map(rows.map((row) => [codeOf(row), parts.map((part) => nameOf(row, part)).join('|')]));
  const codes = [...names.keys()].sort((a, b) => a - b);
  const terms = parts.map((part, i) => {
    const type = part === 'period' ? 'Array(UInt32)' : 'Array(String)';
    const position = `transform(${part === 'period' ? 'toUInt32(period)' : part}, {levels_${part}:${type}}, {positions_${part}:Array(UInt32)}, toUInt32(0))`;
    return `${radix[i] ?? 1} * ${position}`;
  });
  return {
    names: codes.map((code) => names.get(code) ?? ''),
    codes,
    sql: terms.length === 0 ? 'toUInt32(0)' : `toUInt32(${terms.join(' + ')})`,
    parameters: Object.fromEntries(
      parts.flatMap((part, i) => [
        [`levels_${part}`, levels[i]],
        [`positions_${part}`, (levels[i] ?? []).map((_, position) => position)],
      ]),
    ),
  };
}
