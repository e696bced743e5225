import { dayMs, hourMs } from './world-settings.ts';
import type { Random } from '../maths/random.ts';
import type { Language } from './texts/characters.ts';
import type { WorldSettings } from './world-settings.ts';

export interface ModelRelease {
  version: string;
  fromMs: number;
  /** What its replies gain over the first version's. */
  quality: number;
}

/** One release to start with, a second from 4 days, a third from 14, each in the evening. */
export function releasesOf(settings: Pick<WorldSettings, 'days' | 'startMs'>): ModelRelease[] {
  const { days, startMs } = settings;
  const at = (share: number) => startMs + Math.floor(days * share) * dayMs + 13 * hourMs;
  const releases = [{ version: 'lumen-1', fromMs: Number.NEGATIVE_INFINITY, quality: 0 }];
  if (days >= 4) releases.push({ version: 'lumen-2', fromMs: at(days >= 14 ? 0.4 : 0.5), quality: 0.15 });
  if (days >= 14) releases.push({ version: 'lumen-3', fromMs: at(0.75), quality: 0.25 });
  return releases;
}

/**
 * The release that answers a request. English comes half a day later; over two hours a growing share of requests is
 * routed to the new version, so that some sessions, and some alternatives, cross it.
 * @param releases in order of time, not empty
 */
export function releaseAt(
  releases: readonly ModelRelease[],
  ms: number,
  language: Language,
  random: Random,
): ModelRelease {
  const lagMs = (language === 'en' ? 13 * hourMs : 0) + 2 * hourMs * random.unit();
  return releases.findLast((release) => release.fromMs + lagMs <= ms) as ModelRelease;
}
