import { drawBernoulli, drawCategorical, drawLogistic, drawPoisson, drawUniform } from '../maths/draws.ts';
import { createRandom } from '../maths/random.ts';
import { releasesOf } from './model-releases.ts';
import { planSession } from './plan-session.ts';
import { characters } from './texts/characters.ts';
import { dayMs, hourMs, minuteMs } from './world-settings.ts';
import type { Random } from '../maths/random.ts';
import type { SessionPlan } from './session-plan.ts';
import type { Annotator } from './world-annotators.ts';
import type { WorldSettings } from './world-settings.ts';

/** What a person's next session needs to know of the last one. */
interface LastSession {
  leftMs: number;
  characterIndex: number;
  conversationId: string;
  tailTurnId: string | null;
}

/**
 * All sessions of a world, day by day, and within a day annotator by annotator. A session stands in the slice of the
 * UTC day it was due on and never starts before that day. Holds one day and a few words an annotator in memory; each
 * call plans the same sessions again.
 */
export function* plannedDays(
  settings: WorldSettings,
  annotators: readonly Annotator[],
): Generator<SessionPlan[]> {
  const releases = releasesOf(settings);
  const last = new Map<number, LastSession>();
  for (let day = 0; day < settings.days; day += 1) {
    const plans: SessionPlan[] = [];
    for (const [annotatorIndex, annotator] of annotators.entries()) {
      if (day < annotator.joinDay) continue;
      const random = createRandom(`${settings.seed}/day/${annotatorIndex}/${day}`);
      for (const [number, dueMs] of dueTimes(settings, annotator, day, random).entries()) {
        const before = last.get(annotatorIndex);
        const pauseMs = drawUniform(random, 10 * minuteMs, 40 * minuteMs);
        const startMs = Math.max(dueMs, Math.round((before?.leftMs ?? 0) + pauseMs));
        const resumes = before !== undefined && drawBernoulli(random, 0.2);
        const characterIndex = resumes ? before.characterIndex : drawCharacter(annotator, random);
        const character = characters[characterIndex];
        if (character === undefined) continue;
        const key = `${settings.seed}/session/${annotatorIndex}/${day}/${number}`;
        const earlier = resumes ? before : undefined;
        const plan = planSession(settings, releases, {
          key,
          annotatorIndex,
          annotator,
          character,
          startMs,
          earlier,
        });
        last.set(annotatorIndex, { ...plan, characterIndex });
        plans.push(plan);
      }
    }
    yield plans;
  }
}

/** When the annotator comes on a day: more often the more active, at hours of their own taste. */
function dueTimes(settings: WorldSettings, annotator: Annotator, day: number, random: Random): number[] {
  if (!drawLogistic(random, 1.4 * annotator.activity - 0.8)) return [];
  const count = 1 + drawPoisson(random, Math.exp(Math.min(1, 0.2 + 0.3 * annotator.activity)));
  const dayStartMs = settings.startMs + day * dayMs;
  const times = Array.from({ length: count }, () => {
    const quarter = drawCategorical(random, annotator.daypartWeights);
    const localMs = (quarter + random.unit()) * 6 * hourMs;
    const ofDay = (Math.floor(localMs) - annotator.utcOffsetMinutes * minuteMs + 2 * dayMs) % dayMs;
    return dayStartMs + ofDay;
  });
  return times.sort((a, b) => a - b);
}

function drawCharacter(annotator: Annotator, random: Random): number {
  if (drawBernoulli(random, annotator.loyalty)) return annotator.favourite;
  return drawCategorical(
    random,
    characters.map((character) => (character.language === annotator.language ? character.popularity : 0)),
  );
}
