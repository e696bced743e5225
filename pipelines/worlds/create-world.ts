import { createRandom } from '../maths/random.ts';
import { plannedDays } from './plan-days.ts';
import { requestsOfSession } from './session-requests.ts';
import { signalsOf } from './session-signals.ts';
import { createAnnotators } from './world-annotators.ts';
import { uuidFromTime } from './world-ids.ts';
import { createScaleGatherer, outcomeOf } from './world-outcome.ts';
import { dayMs, hourMs, settingsFromOptions } from './world-settings.ts';
import { truthOf, turnTruthsOf } from './world-truth.ts';
import type { WorldRequest } from './session-requests.ts';
import type { Annotator } from './world-annotators.ts';
import type { SignalScales } from './world-outcome.ts';
import type { WorldOptions, WorldSettings } from './world-settings.ts';
import type { TurnTruth, WorldTruth } from './world-truth.ts';

/** A simulated product with known truth. Each call starts again from the seed and gives the same. */
export interface World {
  readonly settings: WorldSettings;
  /** Every request of the world in the order of sending (ties: by annotator). */
  requests(): Generator<WorldRequest>;
  /** Effects, scales and people; nothing of it can be read in the events. */
  truth(): WorldTruth;
  /** Latent quality and planted defects of every reply. */
  turnTruths(): Generator<TurnTruth>;
}

/**
 * A world from a few options; see the README for the structural model. Sessions are planned day by day, first to learn
 * the scales of the signals, then once more for each output, so that memory grows with a few days, not with the world.
 */
export function createWorld(options: WorldOptions): World {
  const settings = settingsFromOptions(options);
  const annotators = createAnnotators(settings);
  let known: SignalScales | undefined;
  const scales = () => (known ??= scalesOf(settings, annotators));
  return {
    settings,
    requests: () => requestsOf(settings, annotators, scales()),
    truth: () => truthFrom(settings, annotators, scales()),
    *turnTruths() {
      for (const plans of plannedDays(settings, annotators)) {
        for (const plan of plans) yield* turnTruthsOf(plan.deeds);
      }
    },
  };
}

function scalesOf(settings: WorldSettings, annotators: readonly Annotator[]): SignalScales {
  const gatherer = createScaleGatherer();
  for (const plans of plannedDays(settings, annotators)) {
    for (const plan of plans) {
      const signals = signalsOf(plan.deeds);
      if (signals !== undefined) gatherer.add(signals);
    }
  }
  return gatherer.scales();
}

function truthFrom(
  settings: WorldSettings,
  annotators: readonly Annotator[],
  scales: SignalScales,
): WorldTruth {
  let [sessions, count, mean, squares] = [0, 0, 0, 0];
  for (const plans of plannedDays(settings, annotators)) {
    sessions += plans.length;
    for (const plan of plans) {
      const outcome = outcomeOf(settings, scales, plan);
      if (outcome === undefined) continue;
      count += 1;
      const before = outcome - mean;
      mean += before / count;
      squares += before * (outcome - mean);
    }
  }
  const sd = Math.sqrt(squares / Math.max(1, count - 1));
  return truthOf(settings, annotators, scales, { mean, sd }, { sessions, sessionsWithOutcome: count });
}

/** Sorts within a window: what later days can still send is later than anything yielded. */
function* requestsOf(
  settings: WorldSettings,
  annotators: readonly Annotator[],
  scales: SignalScales,
): Generator<WorldRequest> {
  let waiting: WorldRequest[] = [];
  let day = 0;
  for (const plans of plannedDays(settings, annotators)) {
    waiting.push(...consentRequests(settings, annotators, day));
    for (const plan of plans) {
      waiting.push(...requestsOfSession(settings, plan, outcomeOf(settings, scales, plan)));
    }
    day += 1;
    const safeMs = settings.startMs + day * dayMs;
    waiting.sort((a, b) => a.sentAtMs - b.sentAtMs);
    const kept = waiting.findIndex((request) => request.sentAtMs >= safeMs);
    const ready = kept === -1 ? waiting : waiting.slice(0, kept);
    waiting = kept === -1 ? [] : waiting.slice(kept);
    yield* ready;
  }
  yield* waiting;
}

/** Consent that is given, denied or found out on a day, at noon by true time. */
function consentRequests(
  settings: WorldSettings,
  annotators: readonly Annotator[],
  day: number,
): WorldRequest[] {
  const requests: WorldRequest[] = [];
  for (const { id, consent } of annotators) {
    if (consent?.day !== day) continue;
    const { day: _, ...said } = consent;
    const random = createRandom(`${settings.seed}/consent/${id}`);
    const sentAtMs = settings.startMs + day * dayMs + 12 * hourMs + (random.uint32() % hourMs);
    const event_id = uuidFromTime(sentAtMs, random);
    const occurred_at = new Date(sentAtMs).toISOString();
    const event = { type: 'annotator' as const, event_id, annotator_id: id, occurred_at, ...said };
    requests.push({ sentAtMs, clockOffsetMs: 0, events: [event], repeats: 0 });
  }
  return requests;
}
