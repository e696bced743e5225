import { createWorld } from '../../../pipelines/worlds/create-world.ts';
import type { WorldOptions } from '../../../pipelines/worlds/world-settings.ts';

/** The size that `npm start` shows. */
export const defaultOptions: WorldOptions = {
  world: 'confounded',
  annotators: 200,
  days: 28,
  seed: 1,
  startMs: Date.UTC(2026, 5, 1),
};

export function worldOf(changed: Partial<WorldOptions> = {}) {
  return createWorld({ ...defaultOptions, ...changed });
}

/** Quick to make, and still with every kind of event. */
export const smallOptions: Partial<WorldOptions> = {
  annotators: 30,
  days: 8,
  shares: { trainingDenied: 0.1, retractedTurns: 0.01, wrongClockSessions: 0.1, repeatedRequests: 0.05 },
};
