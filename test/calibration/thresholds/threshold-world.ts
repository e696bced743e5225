import {
  drawBernoulli,
  drawCategorical,
  drawIndex,
  drawLogNormal,
  drawNormal,
  drawOne,
} from '../../../pipelines/maths/draws.ts';
import type { Random } from '../../../pipelines/maths/random.ts';
import type { WireEvent } from '../../../schemas/wire-event.ts';
import { clumsyText, replyText, userText } from './threshold-texts.ts';

/** In the order of the columns of `signals`. */
export const signals = ['active_time', 'turns', 'regenerate', 'like', 'dislike'] as const;

export interface ThresholdWorld {
  readonly events: readonly WireEvent[];
  /** In outcome deviations per signal deviation, in the order of `signals`. */
  readonly mains: readonly number[];
  readonly interaction: { readonly signals: readonly [string, string]; readonly value: number };
  /** Latent quality by turn. */
  readonly quality: ReadonlyMap<string, number>;
  readonly careless: ReadonlySet<string>;
}

interface Session {
  readonly person: Person;
  readonly id: string;
  readonly beganMs: number;
  readonly endMs: number;
  /** In the order of `signals`. */
  readonly values: readonly number[];
  readonly events: readonly WireEvent[];
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const startMs = Date.UTC(2025, 2, 3);
const days = 28;
/** Hours are those of one zone that nobody tells. */
const hourWeights = Array.from({ length: 24 }, (_, hour) => (hour < 7 ? 1 : hour < 17 ? 2 : 5));
const longestChain = 3;

interface Person {
  readonly id: string;
  readonly taste: number;
  readonly activity: number;
  /** What a reply must seem to be worth to be liked, and to stay. */
  readonly toLike: number;
  readonly toKeep: number;
  readonly isCareless: boolean;
  readonly favourites: readonly Character[];
}

interface Character {
  readonly id: string;
  readonly lift: number;
}

/**
 * A product made otherwise than those of `pipelines/worlds`, which Tacit was built against: people react when what
 * they perceive crosses a threshold of their own, and one misperception of a reply goes into everything they do with it;
 * they settle after three regenerations; no event tells an offset; effects are drawn anew for each world, zeros among
 * them.
 */
export function thresholdWorld(random: Random, annotators: number): ThresholdWorld {
  const characters = Array.from({ length: 18 }, (_, i): Character => ({
    id: `character-${String(i)}`,
    lift: drawNormal(random, 0, 0.3),
  }));
  const people = Array.from({ length: annotators }, (_, a) =>
    drawPerson(random, `person-${String(a)}`, characters),
  );
  const quality = new Map<string, number>();
  const events: WireEvent[] = [];
  const sessions = people.flatMap((person) =>
    Array.from({ length: Math.max(3, Math.round(drawLogNormal(random, 13, 0.5))) }, (_, s) => {
      const session = tellSession(random, person, `${person.id}-${String(s)}`, quality);
      for (const event of session.events) events.push(event);
      return session;
    }),
  );
  const careless = new Set(people.filter(({ isCareless }) => isCareless).map(({ id }) => id));
  return { ...withOutcomes(random, sessions, events), quality, careless };
}

function drawPerson(random: Random, id: string, characters: readonly Character[]): Person {
  const popularity = characters.map((_, i) => 1 / (i + 1));
  const taste = drawNormal(random);
  return {
    id,
    taste,
    activity: 0.6 * taste + drawNormal(random, 0, 0.8),
    toLike: drawNormal(random, 1.3, 0.5),
    toKeep: drawNormal(random, -1.2, 0.5),
    isCareless: drawBernoulli(random, 0.08),
    favourites: [0, 1, 2].flatMap(() => characters[drawCategorical(random, popularity)] ?? []),
  };
}

function tellSession(random: Random, person: Person, id: string, quality: Map<string, number>): Session {
  const character = drawOne(random, person.favourites);
  const beganMs = drawStart(random);
  const usual = Math.exp(5.2 + 0.35 * person.activity + 0.3 * Number(isEvening(beganMs)));
  const activeSeconds = drawLogNormal(random, usual, 0.6);
  const wanted = 2 + (activeSeconds / 120) * (0.3 + 1.3 * random.unit()) + drawNormal(random);
  const events: WireEvent[] = [];
  const counts = { regenerate: 0, like: 0, dislike: 0, shown: 0, told: 0 };
  let atMs = beganMs;
  const send = (event: object, pauseSeconds: number) => {
    atMs += 1_000 + Math.round(1_000 * pauseSeconds * random.unit());
    const occurred_at = new Date(atMs).toISOString();
    const every = { event_id: uuid(random), annotator_id: person.id, session_id: id, occurred_at };
    events.push({ ...every, ...event } as WireEvent);
  };
  const shared = { type: 'turn', character_id: character.id };

  let parent: string | null = null;
  for (let turn = 0; turn < Math.min(14, Math.max(1, Math.floor(wanted))); turn += 1) {
    const user = `${id}-u${String(turn)}`;
    send({ ...shared, turn_id: user, parent_turn_id: parent, role: 'user', content: userText(random) }, 25);
    counts.told += 1;
    let chain = 0;
    for (let isDiscarded = true; isDiscarded; chain += Number(isDiscarded)) {
      const reply = `${id}-r${String(turn)}-${String(chain)}`;
      const isClumsy = drawBernoulli(random, 0.07);
      const worth = drawNormal(random, character.lift) - 2 * Number(isClumsy);
      quality.set(reply, worth);
      const content = isClumsy ? clumsyText(random) : replyText(random);
      const of = { turn_id: reply, parent_turn_id: user, role: 'assistant', model_version: 'm1' };
      send({ ...shared, ...of, content }, 10);
      counts.shown += 1;
      parent = reply;
      const seems = person.isCareless ? drawNormal(random, 0, 3) : worth + drawNormal(random, 0, 0.5);
      const value =
        seems > person.toLike ? 1 : seems < person.toKeep - 0.6 && drawBernoulli(random, 0.4) ? -1 : 0;
      if (value !== 0) send({ type: 'like', turn_id: reply, value }, 15);
      counts.like += Number(value === 1);
      counts.dislike += Number(value === -1);
      isDiscarded = seems < person.toKeep && chain < longestChain;
      if (!isDiscarded) continue;
      send({ type: 'regenerate', turn_id: reply }, 5);
      counts.regenerate += 1;
    }
    if (chain > 1 && drawBernoulli(random, 0.2)) break;
  }
  const total_ms = Math.round(
    1_000 * (activeSeconds * 1.2 + 9_000 * random.unit() * Number(drawBernoulli(random, 0.1))),
  );
  const active_ms = Math.round(1_000 * activeSeconds);
  send({ type: 'session_duration', total_ms, active_ms, ended: true }, 5);
  const shares = [counts.regenerate, counts.like, counts.dislike].map((count) => count / counts.shown);
  const values = [Math.log1p(active_ms / 1_000), Math.log1p(counts.told), ...shares];
  return { person, id, beganMs, endMs: atMs, values, events };
}

function drawStart(random: Random): number {
  const hour = drawCategorical(random, hourWeights);
  return startMs + drawIndex(random, days) * dayMs + hour * hourMs + drawIndex(random, hourMs);
}

function uuid(random: Random): string {
  const hex = Array.from({ length: 4 }, () => random.uint32().toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Draws the truth, and adds a metric to each session. */
function withOutcomes(random: Random, sessions: readonly Session[], events: readonly WireEvent[]) {
  const slopes = signals.map(() => (drawBernoulli(random, 0.3) ? 0 : drawNormal(random, 0, 0.7)));
  const [i, j] = drawOne(random, [
    [0, 1],
    [3, 2],
    [0, 2],
  ] as const);
  const joint = drawOne(random, [-0.3, 0, 0.3]);
  const scaled = signals.map((_, k) => standardised(sessions.map(({ values }) => values[k] ?? NaN)));
  const outcomes = sessions.map(({ person, beganMs }, s) => {
    const z = scaled.map((column) => column[s] ?? NaN);
    const alone = slopes.reduce((sum, slope, k) => sum + slope * (z[k] ?? NaN), 0);
    const time = 0.5 * Number(isEvening(beganMs)) - 0.3 * Number(isWeekend(beganMs));
    return (
      50 +
      alone +
      joint * (z[i] ?? NaN) * (z[j] ?? NaN) +
      1.2 * person.taste +
      time +
      drawNormal(random, 0, 2)
    );
  });
  const spread = deviation(outcomes);
  const metrics = sessions.map(({ person, id, endMs }, s): WireEvent => ({
    ...{ type: 'metric', event_id: uuid(random), annotator_id: person.id, session_id: id, name: 'mood' },
    ...{ occurred_at: new Date(endMs + 20_000).toISOString(), value: outcomes[s] ?? NaN },
  }));
  return {
    events: [...events, ...metrics],
    mains: slopes.map((slope) => slope / spread),
    interaction: { signals: [signals[i], signals[j]] as const, value: joint / spread },
  };
}

const isEvening = (ms: number) => new Date(ms).getUTCHours() >= 17;
const isWeekend = (ms: number) => new Date(ms).getUTCDay() % 6 === 0;

function standardised(values: readonly number[]): number[] {
  const centre = mean(values);
  const spread = deviation(values);
  return values.map((value) => (value - centre) / spread);
}

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
