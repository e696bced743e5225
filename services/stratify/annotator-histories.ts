import { emptyAnnotatorState, type AnnotatorState } from './annotator-state.ts';
import { createAppTotals, type AppTotals } from './app-totals.ts';
import type { HistoryLoader } from './load-histories.ts';
import type { StratifiedRecord } from './stratified-record.ts';

/** What is known of the annotators and apps of one chunk. */
export interface ChunkHistories {
  stateOf(event: StratifiedRecord): AnnotatorState;
  appOf(event: StratifiedRecord): AppTotals;
}

export interface WantedHistories {
  readonly events: readonly StratifiedRecord[];
  readonly partition: number;
  /** Of the chunk: what the warehouse has from there on is not counted in. */
  readonly firstPlace: number;
}

export interface AnnotatorHistories {
  /** Histories up to the chunk, fetched from the warehouse where they are not in memory. */
  load(chunk: WantedHistories): Promise<ChunkHistories>;
  /** Another process may now take in the partition: what is known of its annotators grows old. */
  forget(partition: number): void;
}

export interface HistoriesOptions {
  readonly loader: HistoryLoader;
  /** For each partition of the topic the first place that is not taken in yet; places beyond all where others do. */
  readonly cut: () => number[];
  /** Resolves when no other chunk is about to ask. */
  readonly gathered: () => Promise<void>;
  /** Annotators kept for each app; the longest unseen go first. */
  readonly capacity: number;
}

interface KnownApp {
  readonly totals: AppTotals;
  readonly states: Map<string, AnnotatorState>;
  /** All that the warehouse holds of the app came through this memory, and none of it was forgotten. */
  complete: boolean;
}

interface Waiting {
  readonly partition: number;
  readonly firstPlace: number;
  /** Annotators of the chunk by app. */
  readonly annotators: ReadonlyMap<string, ReadonlySet<string>>;
  readonly known: PromiseWithResolvers<ChunkHistories>;
}

/**
 * Histories of the annotators met lately, each loaded once and then kept up by the stream. A query costs about the same
 * for few annotators as for many, so chunks that wait at the same time share theirs.
 */
export function createAnnotatorHistories(options: HistoriesOptions): AnnotatorHistories {
  const { loader, cut, gathered, capacity } = options;
  const apps = new Map<string, KnownApp>();
  let waiting: Waiting[] = [];
  let loading = false;

  /** Up to the first of the chunks. */
  function cutBefore(chunks: readonly Waiting[]): number[] {
    const before = cut();
    const own = new Map<number, number>();
    for (const { partition, firstPlace } of chunks)
      own.set(partition, Math.min(firstPlace, own.get(partition) ?? firstPlace));
    for (const [partition, place] of own) before[partition] = place;
    return before;
  }

  async function loadApp(app: string): Promise<void> {
    const days = await loader.appDays(app, cutBefore(waiting));
    apps.set(app, { totals: createAppTotals(days), states: new Map(), complete: days.length === 0 });
  }

  async function loadAnnotators(app: string, known: KnownApp, chunks: readonly Waiting[]): Promise<void> {
    const wanted = new Map<string, number>();
    for (const { annotators, partition } of chunks)
      for (const annotator of annotators.get(app) ?? []) wanted.set(annotator, partition);
    touch(known, wanted, capacity);
    const unknown = new Map(Array.from(wanted).filter(([annotator]) => !known.states.has(annotator)));
    if (unknown.size === 0) return;
    const loaded = known.complete
      ? Array.from(unknown, ([annotator, partition]) => [annotator, emptyAnnotatorState(partition)] as const)
      : await loader.states(app, unknown, cutBefore(chunks));
    for (const [annotator, state] of loaded) known.states.set(annotator, state);
  }

  const appsOf = (chunks: readonly Waiting[]) =>
    new Set(chunks.flatMap((chunk) => [...chunk.annotators.keys()]));

  /** The apps first, then the annotators of all chunks that have come until then. */
  async function loadWaiting(): Promise<void> {
    if (loading) return;
    loading = true;
    while (waiting.length > 0) {
      await gathered();
      let chunks = waiting;
      try {
        for (const app of appsOf(chunks)) if (!apps.has(app)) await loadApp(app);
        await gathered();
        chunks = waiting.filter(({ annotators }) => [...annotators.keys()].every((app) => apps.has(app)));
        for (const app of appsOf(chunks)) {
          const known = apps.get(app);
          if (known) await loadAnnotators(app, known, chunks);
        }
        for (const { known, annotators } of chunks) known.resolve(historiesOf(annotators));
      } catch (fault) {
        for (const { known } of chunks) known.reject(fault);
      }
      const done = new Set(chunks);
      waiting = waiting.filter((chunk) => !done.has(chunk));
    }
    // In the same turn as the look at those who wait: nobody comes between.
    loading = false;
  }

  /** Holds on to the states: another chunk may make the memory forget them before this one is done with. */
  function historiesOf(wanted: Waiting['annotators']): ChunkHistories {
    const held = new Map<string, { totals: AppTotals; states: Map<string, AnnotatorState> }>();
    for (const [app, annotators] of wanted) {
      const known = apps.get(app);
      if (!known) continue;
      const states = new Map<string, AnnotatorState>();
      for (const annotator of annotators) {
        const state = known.states.get(annotator);
        if (state) states.set(annotator, state);
      }
      held.set(app, { totals: known.totals, states });
    }
    return {
      stateOf: ({ app, annotator_id }) => loaded(held.get(app)?.states.get(annotator_id)),
      appOf: ({ app }) => loaded(held.get(app)?.totals),
    };
  }

  return {
    load({ events, partition, firstPlace }) {
      const known = Promise.withResolvers<ChunkHistories>();
      waiting.push({ partition, firstPlace, annotators: annotatorsByApp(events), known });
      void loadWaiting();
      return known.promise;
    },
    forget(partition) {
      for (const known of apps.values()) {
        known.complete = false;
        for (const [annotator, state] of known.states) {
          if (state.partition === partition) known.states.delete(annotator);
        }
      }
    },
  };
}

function annotatorsByApp(events: readonly StratifiedRecord[]): Map<string, Set<string>> {
  const byApp = new Map<string, Set<string>>();
  for (const { app, annotator_id: annotator } of events) {
    const annotators = byApp.get(app);
    if (annotators) annotators.add(annotator);
    else byApp.set(app, new Set([annotator]));
  }
  return byApp;
}

function loaded<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new RangeError('an event of another chunk');
  return value;
}

/** Makes the annotators the youngest, then lets go of the oldest above the capacity. */
function touch(known: KnownApp, annotators: ReadonlyMap<string, unknown>, capacity: number): void {
  const { states } = known;
  for (const annotator of annotators.keys()) {
    const state = states.get(annotator);
    if (!state) continue;
    states.delete(annotator);
    states.set(annotator, state);
  }
  for (const oldest of states.keys()) {
    if (states.size <= capacity || annotators.has(oldest)) return;
    states.delete(oldest);
    known.complete = false;
  }
}
