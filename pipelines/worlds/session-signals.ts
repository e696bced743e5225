import { signalNames } from './world-settings.ts';
import type { Deed } from './session-plan.ts';
import type { SignalName } from './world-settings.ts';

export type Signals = Record<SignalName, number>;

/**
 * The signals of a session as the contract defines them (section 4), from what its events will show.
 * @returns undefined when a signal is missing: no duration was sent or no reply was shown
 */
export function signalsOf(deeds: readonly Deed[]): Signals | undefined {
  let [activeMs, userTurns, replies, regenerations, measured] = [0, 0, 0, 0, false];
  const likes = new Map<string, number>();
  for (const deed of deeds) {
    if (deed.kind === 'user') userTurns += 1;
    else if (deed.kind === 'reply') replies += 1;
    else if (deed.kind === 'regenerate') regenerations += 1;
    else if (deed.kind === 'like') likes.set(deed.turnId, deed.value);
    else if (deed.kind === 'duration') {
      measured = true;
      activeMs = Math.max(activeMs, deed.activeMs);
    }
  }
  if (!measured || replies === 0) return undefined;
  const share = (value: number) => [...likes.values()].filter((last) => last === value).length / replies;
  return {
    active_time: Math.log1p(activeMs / 1000),
    turns: Math.log1p(userTurns),
    regenerate: regenerations / replies,
    like: share(1),
    dislike: share(-1),
  };
}

/** The signals in the order of their names. */
export function signalRow(signals: Signals): number[] {
  return signalNames.map((name) => signals[name]);
}
