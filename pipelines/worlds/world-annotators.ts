import {
  drawBernoulli,
  drawBeta,
  drawCategorical,
  drawGamma,
  drawIndex,
  drawNormal,
  drawOne,
  shuffled,
} from '../maths/draws.ts';
import { createRandom } from '../maths/random.ts';
import { characters, isNiche } from './texts/characters.ts';
import { idText } from './world-ids.ts';
import type { Random } from '../maths/random.ts';
import type { Language } from './texts/characters.ts';
import type { WorldSettings } from './world-settings.ts';

/** A person of the world and their habits. Thresholds and leanings are logits, activity and taste standard normal. */
export interface Annotator {
  id: string;
  language: Language;
  utcOffsetMinutes: number;
  /** Some clients do not say their offset, or send texts as lists of parts. */
  sendsOffset: boolean;
  sendsParts: boolean;
  activity: number;
  taste: number;
  /** Reacts to a private whim in place of quality. */
  careless: boolean;
  likeThreshold: number;
  dislikeThreshold: number;
  regenerateThreshold: number;
  /** Leaning to keep talking. */
  talkativeness: number;
  /** Natural log of how many times slower than usual a turn is. */
  slowness: number;
  /** Share of sessions whose tab stays open. */
  idleRate: number;
  /** Weights of night, morning, afternoon, evening. */
  daypartWeights: readonly number[];
  /** Index into the characters. */
  favourite: number;
  loyalty: number;
  /** First day on which sessions are possible, 0 at the start of the world. */
  joinDay: number;
  consent: { day: number; training?: 'allowed' | 'denied'; minor?: 'yes' | 'no' } | undefined;
}

/** All annotators of a world: exact shares of careless, denied and minors, everything else drawn one by one. */
export function createAnnotators(settings: WorldSettings): Annotator[] {
  const { annotators, shares, seed } = settings;
  const order = shuffled(
    createRandom(`${seed}/careless`),
    Array.from({ length: annotators }, (_, i) => i),
  );
  const consents = shuffled(createRandom(`${seed}/consent`), order);
  const placeIn = (list: number[]) => new Map(list.map((index, place) => [index, place / annotators]));
  const carelessPlace = placeIn(order);
  const consentPlace = placeIn(consents);
  return order.map((_, index) => {
    const random = createRandom(`${seed}/annotator/${index}`);
    const careless = (carelessPlace.get(index) ?? 1) < shares.carelessAnnotators;
    return drawAnnotator(settings, random, careless, consentPlace.get(index) ?? 1);
  });
}

const offsets: Record<Language, readonly number[]> = {
  en: [-480, -420, -360, -300, -300, -240, 0, 0, 60, 120, 330, 600],
  zh: [480, 480, 480, 480, 540],
};

function drawAnnotator(
  settings: WorldSettings,
  random: Random,
  careless: boolean,
  consentPlace: number,
): Annotator {
  const language: Language = drawBernoulli(random, 0.6) ? 'en' : 'zh';
  const leaning = drawCategorical(random, [0.25, 0.25, 0.25, 0.25]);
  const [rates, regenerates, talks] = [leaning === 0, leaning === 1, leaning === 2];
  const loyal = drawBernoulli(random, settings.shares.nicheLoyal);
  const taste = drawNormal(random);
  const pleased = settings.confounding * taste;
  return {
    id: `u_${idText(random, 12)}`,
    language,
    utcOffsetMinutes: drawOne(random, offsets[language]),
    sendsOffset: drawBernoulli(random, 0.98),
    sendsParts: drawBernoulli(random, 0.03),
    activity: drawNormal(random),
    taste,
    careless,
    likeThreshold: drawNormal(random, (rates ? -1.2 : -2.5) + 0.4 * pleased, 0.5),
    dislikeThreshold: drawNormal(random, (rates ? -2.4 : -3.4) - 0.3 * pleased, 0.5),
    regenerateThreshold: drawNormal(random, (regenerates ? -1.1 : -2.2) - 0.3 * pleased, 0.5),
    talkativeness: drawNormal(random, talks ? 0.7 : -0.1, 0.2),
    slowness: drawNormal(random, 0, 0.25),
    idleRate: drawBeta(random, 20 * settings.shares.idleSessions, 20 * (1 - settings.shares.idleSessions)),
    daypartWeights: [0.1, 0.2, 0.25, 0.45].map((weight) => drawGamma(random, 5 * weight)),
    favourite: drawFavourite(random, language, loyal),
    loyalty: loyal ? drawBeta(random, 9, 2) : drawBeta(random, 2, 3),
    joinDay: drawBernoulli(random, 0.7)
      ? 0
      : drawIndex(random, Math.max(1, Math.floor(settings.days * 0.75))),
    consent: drawConsent(settings, random, consentPlace),
  };
}

function drawFavourite(random: Random, language: Language, loyalToNiche: boolean): number {
  const weights = characters.map((character) =>
    character.language !== language ? 0 : loyalToNiche ? Number(isNiche(character)) : character.popularity,
  );
  return drawCategorical(random, weights);
}

function drawConsent(settings: WorldSettings, random: Random, place: number): Annotator['consent'] {
  const { trainingDenied, minors } = settings.shares;
  const day = drawIndex(random, settings.days);
  if (place < trainingDenied) return { day, training: 'denied' };
  if (place < trainingDenied + minors) return { day, minor: 'yes' };
  if (place < trainingDenied + minors + 0.03) return { day, training: 'allowed', minor: 'no' };
  return undefined;
}
