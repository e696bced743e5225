import type {
  ProbeAnswer,
  ProbeRequest,
  RunDifference,
  RunDetail,
  RunGroups,
  RunRequest,
  RunSummary,
  Verdict,
} from '../../../schemas/runs.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { differencesText, probeDifferences, samplingDifferences } from './compare-probe.ts';
import { measureProbe, probeSamplesOf, rulerFromBaseline, type Ruler } from './measure-probe.ts';
import { runDetail, runSummary } from './run-report.ts';
import { settingsFromRequest, type RunSettings } from './run-settings.ts';
import {
  baselineComplete,
  baselineProbes,
  knownSampling,
  probeKey,
  probesOf,
  verdictOf,
  type RunState,
} from './run-state.ts';
import { createRunStore, type MeasuredProbe, type StoredProbe } from './run-store.ts';
import { RunsProblem } from './runs-problem.ts';
import { createTurns } from './turns.ts';

export interface RunsOptions {
  readonly warehouse: Warehouse;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Training runs of all apps. Requests on one run are answered one after the other. */
export interface Runs {
  /**
   * Says what a run is. The same again changes nothing; something else is taken until the first probe.
   * @throws RunsProblem `run_changed`, `not_comparable`
   */
  put(app: string, run: string, request: RunRequest): Promise<{ created: boolean; run: RunSummary }>;
  /**
   * Takes an evaluation in and judges the run. Durable before it resolves. The first of a phase and step counts; sent
   * again it gets the same answer. Steps may come in any order: each takes its place in the history.
   * @throws RunsProblem `not_found`, `not_comparable`
   */
  probe(app: string, run: string, request: ProbeRequest): Promise<{ repeated: boolean; answer: ProbeAnswer }>;
  /** @throws RunsProblem `not_found` */
  verdict(app: string, run: string): Promise<Verdict>;
  /** The latest first. */
  list(app: string): Promise<RunSummary[]>;
  /** @throws RunsProblem `not_found` */
  detail(app: string, run: string): Promise<RunDetail>;
  /** @throws RunsProblem `not_found` */
  groups(app: string, run: string): Promise<RunGroups>;
}

const mostRunsHeld = 64;
const longestAnchorChain = 1_000;
/** Evaluations that are read to tell since when a pattern is there. */
const mostEarlier = 10;

export function createRuns({ warehouse, clock }: RunsOptions): Runs {
  const store = createRunStore(warehouse);
  const held = new Map<string, RunState>();
  const turns = createTurns();
  const settling = new WeakMap<RunState, Promise<void>>();
  const keyOf = (app: string, run: string) => JSON.stringify([app, run]);
  const inTurn = <Result>(app: string, run: string, work: () => Promise<Result>) =>
    turns.take(keyOf(app, run), work);

  async function open(app: string, run: string): Promise<RunState | undefined> {
    const key = keyOf(app, run);
    const before = held.get(key);
    const state = before ?? (await load(app, run));
    if (!state) return undefined;
    held.delete(key);
    held.set(key, state);
    for (const oldest of held.keys()) {
      if (held.size <= mostRunsHeld) break;
      held.delete(oldest);
    }
    return state;
  }

  async function required(app: string, run: string): Promise<RunState> {
    const state = await open(app, run);
    if (state) {
      await settled(app, state);
      return state;
    }
    throw new RunsProblem('not_found', `app ${app} has no such run: PUT /v1/runs/{run} makes it`);
  }

  async function load(app: string, run: string): Promise<RunState | undefined> {
    const stored = await store.run(app, run);
    if (!stored) return undefined;
    const state: RunState = {
      stored,
      probes: new Map(),
      ruler: undefined,
      anchor: await rootAnchor(app, stored.settings.anchor_run),
    };
    for (const probe of await store.probes(app, run))
      state.probes.set(probeKey(probe.phase, probe.step), probe);
    return state;
  }

  /** The run at the beginning of a chain of anchors: many small losses must not pass one by one. */
  async function rootAnchor(app: string, run: string | undefined): Promise<RunState | undefined> {
    let state: RunState | undefined;
    for (let next = run, links = 0; next !== undefined && links < longestAnchorChain; links += 1) {
      const found: RunState | undefined = await open(app, next);
      if (!found) break;
      await settled(app, found);
      state = found;
      next = found.stored.settings.anchor_run;
    }
    return state;
  }

  /** Once the baseline is complete, all that was measured with another ruler is measured anew. */
  async function settled(app: string, state: RunState): Promise<void> {
    if (state.ruler || !baselineComplete(state)) return;
    const running = settling.get(state) ?? settleRuler(app, state).finally(() => settling.delete(state));
    settling.set(state, running);
    await running;
  }

  async function settleRuler(app: string, state: RunState): Promise<void> {
    const { settings, run } = state.stored;
    const first = [...baselineProbes(state)]
      .sort((a, b) => a.receivedMs - b.receivedMs || a.step - b.step)
      .slice(0, settings.baseline_evaluations);
    const samples = new Map<StoredProbe, Awaited<ReturnType<typeof store.samplesOf>>>();
    const samplesOf = async (probe: StoredProbe) => {
      const known = samples.get(probe) ?? (await store.samplesOf(app, run, probe));
      samples.set(probe, known);
      return known;
    };
    const ruler =
      state.anchor?.ruler ??
      rulerFromBaseline(
        probeSamplesOf(
          settings,
          (await Promise.all(first.map(async (probe) => await samplesOf(probe)))).flat(),
        ),
      );
    for (const probe of [...state.probes.values()]) {
      if (JSON.stringify(probe.tokenBudget) === JSON.stringify(ruler.tokenBudget)) continue;
      const measured = measuredBy(settings, ruler, await samplesOf(probe), probe.trainerMetrics);
      const again = { ...probe, ...measured };
      await store.rewriteProbe(app, run, again);
      state.probes.set(probeKey(probe.phase, probe.step), withoutGroups(again));
    }
    state.ruler = ruler;
  }

  async function textsOf(app: string, state: RunState, latest: StoredProbe, before: readonly StoredProbe[]) {
    const { run, settings } = state.stored;
    const read = async (probes: readonly StoredProbe[]) =>
      probeSamplesOf(
        settings,
        (await Promise.all(probes.map((probe) => store.samplesOf(app, run, probe)))).flat(),
      );
    const stride = Math.ceil(before.length / mostEarlier);
    const earlier = before.filter((_, index) => (before.length - 1 - index) % stride === 0);
    return {
      baseline: await read(baselineProbes(state)),
      samples: await read([latest]),
      earlier: await Promise.all(
        earlier.map(async (probe) => ({ step: probe.step, samples: await read([probe]) })),
      ),
    };
  }

  return {
    put: (app, run, request) =>
      inTurn(app, run, async () => {
        const settings = settingsFromRequest(request);
        const before = await open(app, run);
        if (before && JSON.stringify(before.stored.settings) === JSON.stringify(settings)) {
          return { created: false, run: runSummary(before) };
        }
        if (before && before.probes.size > 0) throw changed(before.stored.settings, settings);
        const anchor = await rootAnchor(app, settings.anchor_run);
        assertAnchor(settings, anchor, run);
        const stored = {
          run,
          settings,
          createdMs: before?.stored.createdMs ?? clock(),
          version: (before?.stored.version ?? 0) + 1,
        };
        await store.putRun(app, stored);
        const state: RunState = { stored, probes: new Map(), ruler: undefined, anchor };
        held.set(keyOf(app, run), state);
        return { created: before === undefined, run: runSummary(state) };
      }),

    probe: (app, run, request) =>
      inTurn(app, run, async () => {
        const state = await required(app, run);
        const { phase, step } = request;
        const before = state.probes.get(probeKey(phase, step));
        if (before) return { repeated: true, answer: before.answer };
        const { settings } = state.stored;
        const differences = probeDifferences(settings, knownSampling(state), request);
        if (differences.length > 0) {
          throw new RunsProblem(
            'not_comparable',
            `this probe cannot be compared with the run: ${differencesText(differences)}`,
            differences,
          );
        }
        const trainerMetrics = request.metrics ?? {};
        const ruler = state.ruler ??
          state.anchor?.ruler ?? { tokenBudget: null, languages: new Map<string, string>() };
        const probe: MeasuredProbe = {
          phase,
          step,
          epoch: request.epoch ?? null,
          receivedMs: clock(),
          samples: request.samples.length,
          sampling: request.sampling ?? {},
          trainerMetrics,
          ...measuredBy(settings, ruler, request.samples, trainerMetrics),
          answer: { step, phase, metrics: {}, verdict: verdictOf(state) },
        };
        const next: RunState = { ...state, probes: new Map(state.probes).set(probeKey(phase, step), probe) };
        const answer: ProbeAnswer = { step, phase, metrics: probe.metrics, verdict: verdictOf(next) };
        const answered = { ...probe, answer };
        await store.addProbe(app, run, answered, request.samples);
        state.probes.set(probeKey(phase, step), withoutGroups(answered));
        // Nobody waits for it: the next request does, and where it failed, does it again.
        settled(app, state).catch(() => undefined);
        return { repeated: false, answer };
      }),

    verdict: (app, run) => inTurn(app, run, async () => verdictOf(await required(app, run))),

    list: (app) => store.summaries(app),

    detail: (app, run) =>
      inTurn(app, run, async () => {
        const state = await required(app, run);
        const training = probesOf(state, 'training');
        const latest = training.at(-1);
        return runDetail(state, latest && (await textsOf(app, state, latest, training.slice(0, -1))));
      }),

    groups: (app, run) =>
      inTurn(app, run, async () => {
        await required(app, run);
        return { run, series: await store.groups(app, run) };
      }),
  };
}

/** What a process holds of a probe. */
function withoutGroups({ groups: _groups, ...probe }: MeasuredProbe): StoredProbe {
  return probe;
}

function measuredBy(
  settings: RunSettings,
  ruler: Ruler,
  samples: ProbeRequest['samples'],
  trainerMetrics: Readonly<Record<string, number>>,
): Pick<MeasuredProbe, 'metrics' | 'absent' | 'groups' | 'scores' | 'tokenBudget'> {
  const read = probeSamplesOf(settings, samples);
  return {
    tokenBudget: ruler.tokenBudget,
    ...measureProbe(settings.kind, ruler, read, trainerMetrics['entropy']),
  };
}

function changed(before: RunSettings, now: RunSettings): RunsProblem {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])] as (keyof RunSettings)[];
  const differences = names.flatMap((field) => {
    const [expected, got] = [before[field], now[field]];
    if (JSON.stringify(expected) === JSON.stringify(got)) return [];
    const shown = (value: unknown) => (Array.isArray(value) ? value.length : (value ?? null));
    return [{ field, expected: shown(expected), got: shown(got) }];
  });
  return new RunsProblem(
    'run_changed',
    `this run has probes and stays as it was put; another one needs another name: ${differencesText(differences)}`,
    differences,
  );
}

function assertAnchor(settings: RunSettings, anchor: RunState | undefined, run: string): void {
  const name = settings.anchor_run;
  if (name === undefined) return;
  if (name === run || !anchor || !baselineComplete(anchor)) {
    const what = name === run ? 'is the run itself' : anchor ? 'has no complete baseline' : 'is not known';
    throw new RunsProblem('not_comparable', `anchor_run ${what}`, [
      { field: 'anchor_run', expected: 'a run whose baseline is complete', got: name },
    ]);
  }
  const theirs = anchor.stored.settings;
  const prompts = (each: RunSettings) => each.prompts.map(({ prompt_id }) => prompt_id).sort();
  const differences: RunDifference[] = [
    ...samplingDifferences(knownSampling(anchor), settings.sampling ?? {}),
    ...(theirs.samples_per_prompt === settings.samples_per_prompt
      ? []
      : [
          {
            field: 'samples_per_prompt',
            expected: theirs.samples_per_prompt,
            got: settings.samples_per_prompt,
          },
        ]),
    ...(JSON.stringify(prompts(theirs)) === JSON.stringify(prompts(settings))
      ? []
      : [{ field: 'prompts', expected: theirs.prompts.length, got: settings.prompts.length }]),
    ...(theirs.kind === settings.kind ? [] : [{ field: 'kind', expected: theirs.kind, got: settings.kind }]),
  ];
  if (differences.length === 0) return;
  throw new RunsProblem(
    'not_comparable',
    `this run cannot be compared with its anchor run: ${differencesText(differences)}`,
    differences,
  );
}
