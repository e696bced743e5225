import { demeaned, leastSquares, transposed } from './least-squares.ts';
import type { SeenSession } from './session-table.ts';

export interface Estimates {
  /** Main effects of active_time, turns, regenerate, like, dislike, then active_time x regenerate; outcome units a signal sd. */
  naive: number[];
  withinAnnotator: number[];
  rows: number;
}

/** Least squares of the metric on standardised signals: as it comes, and with annotator and time effects taken out. */
export function estimatesFrom(sessions: readonly SeenSession[]): Estimates {
  const rows = sessions.flatMap((seen) =>
    seen.signals === undefined || seen.metric === undefined
      ? []
      : [{ ...seen, x: seen.signals, y: seen.metric.value }],
  );
  const z = [0, 1, 2, 3, 4].map((j) => standardised(rows.map((row) => row.x[j] ?? 0)));
  const y = rows.map((row) => row.y);
  const joint = (z[0] ?? []).map((value, i) => value * (z[2]?.[i] ?? 0));
  const columns = [...z, joint];
  const naive = leastSquares(transposed([...columns, y.map(() => 1)]), y).slice(0, 6);
  const strata = rows.map((row) => {
    const local = new Date(row.startMs + (row.offsetMinutes ?? 0) * 60_000);
    return `${String(Math.floor(local.getUTCHours() / 6))}/${String(local.getUTCDay() % 6 === 0)}/${String(row.offsetMinutes === undefined)}`;
  });
  const clean = demeaned([...columns, y], [rows.map((row) => row.annotatorId), strata]);
  return {
    naive,
    withinAnnotator: leastSquares(transposed(clean.slice(0, 6)), clean[6] ?? []),
    rows: rows.length,
  };
}

function standardised(values: number[]): number[] {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const sd = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1));
  return values.map((x) => (x - mean) / sd);
}
