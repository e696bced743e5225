import fc from 'fast-check';
import { expect, it } from 'vitest';

import { fitReactionModel } from '../../../pipelines/reactions/fit-reaction-model.ts';
import {
  betterThanTypical,
  createPairProbability,
  rewardOf,
} from '../../../pipelines/reactions/pair-probability.ts';
import { mostTries } from '../../../pipelines/reactions/reaction-cell.ts';
import type { ReactionCell } from '../../../pipelines/reactions/reaction-cell.ts';
import {
  defaultReactionSettings,
  type ReactionSettings,
} from '../../../pipelines/reactions/reaction-settings.ts';

const settings: ReactionSettings = { ...defaultReactionSettings, mostRounds: 40 };

const arbitraryCell: fc.Arbitrary<ReactionCell> = fc.record({
  annotator: fc.constantFrom('', 'a', 'b', 'c', '__proto__', '名'),
  floor: fc.constantFrom(0, 0, 0, 1, 2),
  style: fc.nat({ max: settings.styleCovariates.length - 1 }),
  tries: fc.nat({ max: mostTries }),
  like: fc.constantFrom(-1, 0, 1),
  regenerated: fc.constantFrom(true, false, null),
  count: fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 1e6 }), fc.constantFrom(0, 1e-9, 0.5, 1e12)),
});

const arbitraryDeeds = fc.record({
  choices: fc.array(
    fc.record({
      annotator: fc.constantFrom('a', 'b', 'nobody'),
      chosen: arbitraryCell,
      passed: arbitraryCell,
      count: fc.nat({ max: 1000 }),
    }),
    { maxLength: 4 },
  ),
  editedReplies: fc.nat({ max: 1e9 }),
});

it('gives finite numbers, chances of two sides that add up to 1, and a reason where it knows nothing', () => {
  fc.assert(
    fc.property(fc.array(arbitraryCell, { maxLength: 25 }), arbitraryDeeds, (cells, deeds) => {
      const fit = fitReactionModel(cells, settings, deeds);
      expect(fit.identified).toBe(fit.reason === null);
      const { globals } = fit;
      const values = Object.values<number | readonly (number | readonly number[])[]>({ ...globals });
      for (const value of [...values.flat(2), fit.likelihoodRatio, fit.careless.share])
        expect(Number.isFinite(value)).toBe(true);
      for (const { thresholds, attentive } of fit.annotators.values()) {
        expect(thresholds.every(Number.isFinite)).toBe(true);
        expect(attentive).toBeGreaterThanOrEqual(0);
        expect(attentive).toBeLessThanOrEqual(1);
      }
      const chanceOf = createPairProbability(fit);
      for (const [i, one] of cells.entries()) {
        const other = cells[(i + 1) % cells.length] ?? one;
        const [there, back] = [chanceOf(one.annotator, one, other), chanceOf(one.annotator, other, one)];
        expect(there.p + back.p).toBeCloseTo(1, 9);
        expect(there.delta).toBeCloseTo(-back.delta, 9);
        expect(Math.abs(there.margin)).toBeLessThanOrEqual(3);
        for (const deed of ['choose', 'edit'] as const) {
          const { p, stdError } = chanceOf(one.annotator, one, other, deed);
          expect(p).toBeGreaterThanOrEqual(0);
          expect(p).toBeLessThanOrEqual(1);
          expect(stdError).toBeGreaterThan(0);
        }
        expect(rewardOf(fit, one.annotator, one).variance).toBeGreaterThan(0);
        const typical = betterThanTypical(fit, one.annotator, one).p;
        expect(typical >= 0 && typical <= 1).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

it('does not depend on the order of the cells', () => {
  fc.assert(
    fc.property(fc.array(arbitraryCell, { maxLength: 20 }), fc.nat(), (cells, turn) => {
      const at = cells.length === 0 ? 0 : turn % cells.length;
      const turned = [...cells.slice(at), ...cells.slice(0, at)].reverse();
      const whole = cells.every(({ count }) => Number.isInteger(count) && count <= 1e6);
      fc.pre(whole);
      expect(fitReactionModel(turned, settings)).toEqual(fitReactionModel(cells, settings));
    }),
    { numRuns: 40 },
  );
});
