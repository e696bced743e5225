import type { DatasetManifest, DatasetSummary } from '../../schemas/build-report.ts';
import type { EffectsReport } from '../../schemas/effects-report.ts';
import type { RunDetail, RunGroups, RunSummary } from '../../schemas/runs.ts';
import type { EventLog } from '../engines/event-log/event-log.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';
import { fixCut, type Cut } from '../jobs/cut.ts';
import { listDatasets, readManifest } from '../jobs/datasets.ts';
import { effects } from '../jobs/effects/effects.ts';
import { missingBefore, topicEnds } from '../jobs/lag.ts';
import { stats } from '../jobs/stats.ts';
import type { Runs } from '../jobs/runs/create-runs.ts';
import { RunsProblem } from '../jobs/runs/runs-problem.ts';
import { cohortCounts, type CohortCounts } from './queries/cohort-counts.ts';
import { deadLetterCounts, knownApps, type DeadLetterCount } from './queries/dead-letter-counts.ts';
import { recentArrivals, type Arrivals } from './queries/recent-arrivals.ts';
import { sessionSignals, type SessionSignals } from './queries/session-signals.ts';

/** What a figure was computed from. */
export interface AsOf {
  /** Records of the log before the cut, over all partitions. */
  readonly records: number;
  readonly partitions: number;
  readonly log_id: string;
  /** The app's own clock at the cut. */
  readonly clock_ms: number | null;
  readonly computed_ms: number;
}

export type Stats = Awaited<ReturnType<typeof stats>>;

export interface IngestFigures extends Stats {
  readonly as_of: AsOf;
  readonly arrivals: Arrivals;
  readonly dead_letters_by_reason: readonly DeadLetterCount[];
  /** Records of the log that the warehouse has not taken in, of all apps. */
  readonly lag: number;
}

export interface Figures {
  apps(): Promise<readonly string[]>;
  ingest(app: string): Promise<IngestFigures>;
  cohorts(app: string): Promise<CohortCounts & { readonly as_of: AsOf }>;
  sessions(app: string): Promise<SessionSignals & { readonly as_of: AsOf }>;
  /** With the default plan: what was computed at this cut before, or is computed now. */
  effects(app: string, options: { readonly outcome?: string | undefined }): Promise<EffectsReport>;
  datasets(app: string): Promise<readonly DatasetSummary[]>;
  dataset(app: string, id: string): Promise<DatasetManifest | undefined>;
  runs(app: string): Promise<readonly RunSummary[]>;
  run(app: string, run: string): Promise<{ detail: RunDetail; groups: RunGroups } | undefined>;
}

export interface FiguresOptions {
  readonly warehouse: Warehouse;
  readonly eventLog: EventLog;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Of sessions without a UTC offset, for effects. */
  readonly timeZone?: string | undefined;
}

/** Many readers of one page cost one computation every few seconds. */
const freshMs = 3_000;

export function createFigures(options: FiguresOptions & { readonly runs: Runs }): Figures {
  const { warehouse, eventLog, clock, timeZone, runs } = options;
  const analyses = new Map<string, Promise<EffectsReport>>();
  let started = 0;
  const kept = new Map<string, { readonly sinceMs: number; readonly value: Promise<unknown> }>();

  function fresh<Value>(name: string, compute: () => Promise<Value>): Promise<Value> {
    const before = kept.get(name);
    if (before && clock() - before.sinceMs < freshMs) return before.value as Promise<Value>;
    const value = compute();
    value.catch(() => kept.delete(name));
    for (const [other, { sinceMs }] of kept) if (clock() - sinceMs >= freshMs) kept.delete(other);
    kept.set(name, { sinceMs: clock(), value });
    return value;
  }

  const analyse = async (app: string, outcome: string | undefined, runId: string) =>
    await effects({
      ...{ warehouse, app, cut: await fixCut(warehouse, app), reuse: true, timeZone, runId },
      ...(outcome === undefined ? {} : { outcome }),
    });

  const at = async <Value>(app: string, compute: (cut: Cut) => Promise<Value>) => {
    const cut = await fixCut(warehouse, app);
    return { ...(await compute(cut)), as_of: asOf(cut, clock()) };
  };

  return {
    apps: () => fresh('apps', () => knownApps(warehouse)),
    ingest: (app) =>
      fresh(`ingest ${app}`, () =>
        at(app, async (cut) => ({
          ...(await stats({ warehouse, app, cut })),
          arrivals: await recentArrivals(warehouse, app, cut.places, clock()),
          dead_letters_by_reason: await deadLetterCounts(warehouse, app),
          lag: await missingBefore(await topicEnds(eventLog), warehouse),
        })),
      ),
    cohorts: (app) =>
      fresh(`cohorts ${app}`, () => at(app, (cut) => cohortCounts(warehouse, app, cut.places))),
    sessions: (app) =>
      fresh(`sessions ${app}`, () => at(app, (cut) => sessionSignals(warehouse, app, cut.places))),
    effects: (app, { outcome }) => {
      const name = `${app} ${outcome ?? ''}`;
      const running = analyses.get(name);
      if (running) return running;
      started += 1;
      const analysis = analyse(app, outcome, `console${clock()}x${started}`);
      analyses.set(name, analysis);
      const done = () => analyses.delete(name);
      analysis.then(done, done);
      return analysis;
    },
    datasets: (app) => listDatasets(warehouse, app),
    dataset: (app, id) => readManifest(warehouse, app, id),
    runs: (app) => fresh(`runs ${app}`, () => runs.list(app)),
    run: (app, run) =>
      fresh(`run ${app} ${run}`, async () => {
        try {
          return { detail: await runs.detail(app, run), groups: await runs.groups(app, run) };
        } catch (error) {
          if (error instanceof RunsProblem && error.code === 'not_found') return undefined;
          throw error;
        }
      }),
  };
}

const generationSize = 2 ** 48;

function asOf(cut: Cut, computedMs: number): AsOf {
  return {
    records: cut.places.reduce((sum, place) => sum + (place % generationSize), 0),
    partitions: cut.places.length,
    log_id: cut.logId,
    clock_ms: cut.clockMs,
    computed_ms: computedMs,
  };
}
