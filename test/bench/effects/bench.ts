import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { openEmbeddedWarehouse } from '../../../services/engines/warehouse/embedded.ts';
import { endsWithThis } from '../../../infra/processes/ends-with-this.ts';
import { makeTable, signals } from './make-table.ts';
import { pythonEnvironment } from './python-environment.ts';

const run = promisify(execFile);

interface Fit {
  readonly seconds: number;
  /** Processor time of all threads in them: it says more than `seconds` on a machine that is busy. */
  readonly cpu_seconds: number;
  readonly sum_seconds?: number;
  readonly peak_mib: number;
  readonly estimates: readonly number[];
  readonly errors?: readonly number[];
  readonly scales?: readonly object[];
}

/** Sessions up to which duckreg is asked: it cannot compress continuous signals, and bootstraps row by row. */
const mostForDuckreg = 100_000;

/**
 * Effects of five signals and all their pairs with annotator and stratum effects and clustered errors, from 10^5 to
 * 10^7 sessions: ours on chDB (from the table to effects), pyfixest and duckreg on the same rows (in memory, or in
 * DuckDB, before the clock starts).
 */
export async function bench({ quick }: { readonly quick: boolean }): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tacit-bench-'));
  const environment = await pythonEnvironment(join(tmpdir(), 'tacit-bench-python'));
  try {
    const lines = [
      [
        ...['sessions', 'what', 'seconds', 'of them SQL', 'processor seconds', 'peak MiB'],
        ...['against ours', 'largest difference'],
      ],
    ];
    for (const sessions of quick ? [100_000] : [100_000, 1_000_000, 10_000_000]) {
      const [home, parquet] = [join(folder, `chdb-${sessions}`), join(folder, `${sessions}.parquet`)];
      await prepare(home, parquet, sessions);
      const ours = await fitOf(process.execPath, [
        join(import.meta.dirname, 'fit-ours.ts'),
        home,
        'bench_rows',
      ]);
      if (typeof ours === 'string') throw new Error(ours);
      lines.push(row(sessions, 'tacit on chDB', ours, ours));
      const scales = JSON.stringify(ours.scales);
      for (const [name, script, rest, most] of [
        ['pyfixest', 'fit_pyfixest.py', [], Infinity],
        ['duckreg, Mundlak, 10 bootstraps', 'fit_duckreg.py', ['10'], mostForDuckreg],
      ] as const) {
        if ('says' in environment) lines.push([String(sessions), name, environment.says]);
        else if (sessions > most) lines.push([String(sessions), name, 'not asked at this size']);
        else {
          const args = [join(import.meta.dirname, script), parquet, scales, ...rest];
          lines.push(row(sessions, name, await fitOf(environment.python, args), ours));
        }
      }
      await rm(home, { recursive: true, force: true });
    }
    print(lines);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function prepare(home: string, parquet: string, sessions: number): Promise<void> {
  const warehouse = await openEmbeddedWarehouse({ path: home });
  await makeTable(warehouse, 'bench_rows', sessions);
  await warehouse.command({
    sql: `INSERT INTO FUNCTION file('${parquet}', 'Parquet')
      SELECT toUInt32(substring(annotator_id, 2)) AS annotator,
        toUInt32((period - 202601) * 8 + (cycle = 'weekend') * 4 + indexOf(['night', 'morning', 'afternoon', 'evening'], daypart::String) - 1) AS stratum,
        ${[...signals, 'outcome'].map((name) => `\`${name}\``).join(', ')}
      FROM bench_rows`,
  });
  await warehouse.close();
}

async function fitOf(program: string, args: readonly string[]): Promise<Fit | string> {
  try {
    const fitting = run(program, [...args], { maxBuffer: 2 ** 26, timeout: 1_800_000 });
    endsWithThis(fitting.child);
    const { stdout } = await fitting;
    return JSON.parse(stdout.split('\n').findLast((line) => line.startsWith('{')) ?? '') as Fit;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return `failed: ${
      text
        .split('\n')
        .findLast((line) => line.trim() !== '')
        ?.slice(0, 60) ?? ''
    }`;
  }
}

function row(sessions: number, name: string, fit: Fit | string, ours: Fit): string[] {
  if (typeof fit === 'string') return [sessions.toLocaleString('en-US'), name, fit];
  const difference = Math.max(
    ...fit.estimates.map((value, j) => Math.abs(value - (ours.estimates[j] ?? NaN))),
  );
  return [
    ...[sessions.toLocaleString('en-US'), name, fit.seconds.toFixed(2), fit.sum_seconds?.toFixed(2) ?? ''],
    ...[
      fit.cpu_seconds.toFixed(2),
      fit.peak_mib.toFixed(0),
      `${(fit.seconds / ours.seconds).toFixed(2)} x`,
      difference.toExponential(1),
    ],
  ];
}

function print(lines: readonly (readonly string[])[]): void {
  const widths = (lines[0] ?? []).map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  for (const line of lines) console.log(line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
}
