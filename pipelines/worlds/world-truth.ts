import { signalNames } from './world-settings.ts';
import type { Annotator } from './world-annotators.ts';
import type { Scale, SignalScales } from './world-outcome.ts';
import type { Deed } from './session-plan.ts';
import type { Defect } from './texts/defects.ts';
import type { SignalName, WorldSettings } from './world-settings.ts';

/** What `truth.json` holds: what an analysis of the events should find. */
export interface WorldTruth {
  outcome: string;
  /** In outcome standard deviations for each signal standard deviation, as `effects` reports them; `raw` in outcome units. */
  effects: {
    kind: 'main' | 'interaction';
    signals: SignalName[];
    estimand: 'direct';
    estimate: number;
    raw: number;
  }[];
  scales: Record<SignalName | 'outcome', Scale>;
  /** The app's own ids. */
  careless_annotators: string[];
  denied_annotators: string[];
  minor_annotators: string[];
  sessions: number;
  sessions_with_outcome: number;
  settings: WorldSettings;
}

/** A line of `truth-turns.ndjson`, one for each reply. */
export interface TurnTruth {
  turn_id: string;
  quality: number;
  defects: readonly Defect[];
  flattering: boolean;
}

export interface WorldCounts {
  sessions: number;
  sessionsWithOutcome: number;
}

export function truthOf(
  settings: WorldSettings,
  annotators: readonly Annotator[],
  scales: SignalScales,
  outcome: Scale,
  counts: WorldCounts,
): WorldTruth {
  const { main, interactions } = settings.effects;
  const inSds = (raw: number) => ({ estimand: 'direct' as const, estimate: raw / outcome.sd, raw });
  const idsOf = (chosen: (annotator: Annotator) => boolean) => annotators.filter(chosen).map(({ id }) => id);
  return {
    outcome: settings.outcome,
    effects: [
      ...signalNames.map((name) => ({ kind: 'main' as const, signals: [name], ...inSds(main[name]) })),
      ...interactions.map(({ signals, coefficient }) => ({
        kind: 'interaction' as const,
        signals: [...signals],
        ...inSds(coefficient),
      })),
    ],
    scales: { ...scales, outcome },
    careless_annotators: idsOf((annotator) => annotator.careless),
    denied_annotators: idsOf((annotator) => annotator.consent?.training === 'denied'),
    minor_annotators: idsOf((annotator) => annotator.consent?.minor === 'yes'),
    sessions: counts.sessions,
    sessions_with_outcome: counts.sessionsWithOutcome,
    settings,
  };
}

export function* turnTruthsOf(deeds: readonly Deed[]): Generator<TurnTruth> {
  for (const deed of deeds) {
    if (deed.kind !== 'reply') continue;
    const { turnId, quality, defects, flattering } = deed;
    yield { turn_id: turnId, quality, defects, flattering };
  }
}
