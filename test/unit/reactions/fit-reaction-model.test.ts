import { describe, expect, it } from 'vitest';

import { fitReactionModel } from '../../../pipelines/reactions/fit-reaction-model.ts';
import { createPairProbability } from '../../../pipelines/reactions/pair-probability.ts';
import { expectedQuality } from '../../../pipelines/reactions/quality-density.ts';
import type { ReactionCell } from '../../../pipelines/reactions/reaction-cell.ts';
import { defaultReactionSettings } from '../../../pipelines/reactions/reaction-settings.ts';
import { cellsOf, choicesOf } from '../../calibration/reactions/judged-reply.ts';
import { plantedReactions } from '../../calibration/reactions/planted-reactions.ts';
import type { PlantedTruth } from '../../calibration/reactions/planted-reactions.ts';

const settings = defaultReactionSettings;
const cell = (
  annotator: string,
  like: -1 | 0 | 1,
  regenerated: boolean | null,
  count: number,
  floor = 0,
): ReactionCell => ({ annotator, like, regenerated, count, floor, style: 0, tries: 0 });
const people = (of: (annotator: string) => ReactionCell[], count = 4) =>
  Array.from({ length: count }, (_, i) => of(`person ${i}`)).flat();

describe('a planted truth', () => {
  const world = plantedReactions({ seed: 'recovered', annotators: 250, turns: 150, severity: [1.6, 0] });
  const fit = fitReactionModel(cellsOf(world.replies), settings, {
    choices: choicesOf(world.pairs),
    editedReplies: 0,
  });

  it('is found again', () => {
    const { globals } = fit;
    expect(fit).toMatchObject({
      identified: true,
      slopes: 'separate',
      choices: 'estimated',
      converged: true,
    });
    expect(globals.likeSlope).toBeCloseTo(1.3, 0);
    expect(globals.regenerateSlope).toBeCloseTo(1.3, 0);
    expect(Math.abs((globals.floor[1] ?? NaN) + 1.6)).toBeLessThan(0.25);
    expect(Math.abs((globals.styleOnLike[0] ?? NaN) - 0.6)).toBeLessThan(0.2);
    expect(Math.abs((globals.styleOnLike[1] ?? NaN) - 0.18)).toBeLessThan(0.06);
    expect(Math.abs((globals.tries[1]?.[2] ?? NaN) + 0.3)).toBeLessThan(0.12);
    expect(Math.abs(globals.thresholdMeans[0] + 2)).toBeLessThan(0.2);
    expect(Math.abs(globals.thresholdVariances[2] - 0.49)).toBeLessThan(0.15);
    expect(fit.careless.identified).toBe(true);
    expect(Math.abs(fit.careless.share - world.careless.size / world.annotators)).toBeLessThan(0.04);
  });

  it('gives the same whatever the order of the cells and however they are split', () => {
    const cells = cellsOf(world.replies.slice(0, 6000));
    const halves = cells.flatMap((each) =>
      each.count > 1
        ? [
            { ...each, count: 1 },
            { ...each, count: each.count - 1 },
          ]
        : [each],
    );
    expect(fitReactionModel(halves.reverse(), settings)).toEqual(fitReactionModel(cells, settings));
  });
});

describe('what people do again and again', () => {
  const cellsFrom = (truth: Partial<PlantedTruth>) =>
    cellsOf(plantedReactions({ seed: 'again', annotators: 120, turns: 80, ...truth }).replies);
  const shiftsOf = (truth: Partial<PlantedTruth>) =>
    fitReactionModel(cellsFrom(truth), settings).globals.tries.map((shift) => shift[2]);

  it('is a shift after one try, and nothing where they settle', () => {
    const [, one, two] = shiftsOf({ longestChain: 2 });
    expect(Math.abs((one ?? NaN) + 0.3)).toBeLessThan(0.25);
    expect(two).toBeLessThan(-50);
    const few = shiftsOf({ longestChain: 2, annotators: 3, turns: 20 });
    expect(few[2]).toBeGreaterThan(-6);
  });

  it('is a step for each try where they tire', () => {
    const [, one, two] = shiftsOf({ tiring: -1, turns: 200 });
    expect(Math.abs((one ?? NaN) + 0.3)).toBeLessThan(0.25);
    expect(Math.abs((two ?? NaN) + 1.3)).toBeLessThan(0.5);
  });

  it('is put down to what they saw where it is surer than any reader', () => {
    const steep = { likeSlope: 7, regenerateSlope: 7, misperception: 0.5, longestChain: 3 };
    const cells = cellsFrom({ ...steep, annotators: 150, turns: 120 });
    const fit = fitReactionModel(cells, settings);
    const { misperception, tries, floor, likeSlope } = fit.globals;
    expect(fit.converged).toBe(true);
    expect(fit.says).toContain(`misperception of ${misperception.toFixed(2)}`);
    expect(misperception).toBeGreaterThan(0.4);
    expect(misperception).toBeLessThan(0.58);
    expect(Math.abs(tries[1]?.[2] ?? NaN)).toBeLessThan(1);
    // In deviations of quality; in those of what is perceived the slope would end at its bound, 6.
    expect(likeSlope * Math.hypot(1, misperception)).toBeLessThan(6.01);
    expect(Math.abs((floor[1] ?? NaN) + 1.6)).toBeLessThan(0.2);
    const total = cells.reduce((sum, each) => sum + each.count * expectedQuality(fit, each), 0);
    expect(fit.shown.mean).toBeCloseTo(total / fit.replies, 9);
    expect(fitReactionModel(cellsFrom({}), settings).globals.misperception).toBe(0);
  });
});

describe('where nothing identifies the model', () => {
  it.each<[string, ReactionCell[]]>([
    ['no_replies', []],
    ['no_variation', [cell('a', 0, false, 1)]],
    ['no_variation', people((a) => [cell(a, 1, false, 100)])],
    ['no_variation', people((a) => [cell(a, 0, null, 100)])],
    ['one_kind_of_reaction', people((a) => [cell(a, 0, true, 20), cell(a, 0, false, 100)])],
    ['one_kind_of_reaction', people((a) => [cell(a, 0, true, 200, 1), cell(a, 0, false, 900)])],
    [
      'one_kind_of_reaction',
      people((a) => [cell(a, 1, null, 20), cell(a, 0, null, 90), cell(a, -1, null, 5)]),
    ],
    [
      'no_association',
      people(
        (a) => [cell(a, 1, true, 2), cell(a, 1, false, 18), cell(a, 0, true, 8), cell(a, 0, false, 72)],
        50,
      ),
    ],
    ['no_association', people((a) => [cell(a, 1, true, 50), cell(a, 1, false, 5), cell(a, 0, false, 100)])],
  ])('says %s', (reason, cells) => {
    const fit = fitReactionModel(cells, settings);
    expect(fit).toMatchObject({ identified: false, reason });
    expect(fit.says).not.toBe('');
    if (reason !== 'no_association') {
      expect(fit.slopes).toBe('assumed');
      expect(fit.globals.likeSlope).toBeCloseTo(settings.assumedSlope, 2);
    }
    const { p } = createPairProbability(fit)('a', cell('a', 1, false, 1), cell('a', 0, true, 1));
    expect(p).toBeGreaterThanOrEqual(0.5);
    expect(p).toBeLessThan(1);
  });

  it('does not learn a preference for what is regenerated', () => {
    const cells = people((a) => [cell(a, 1, true, 50), cell(a, 1, false, 5), cell(a, 0, false, 500)], 40);
    const fit = fitReactionModel(cells, settings);
    expect(fit.identified).toBe(false);
    const { p } = createPairProbability(fit)('person 1', cell('', 0, false, 1), cell('', 0, true, 1));
    expect(p).toBeGreaterThanOrEqual(0.5);
  });

  it('judges nobody without enough flagged replies', () => {
    const fit = fitReactionModel(
      people((a) => [
        cell(a, 1, false, 30),
        cell(a, 0, true, 30),
        cell(a, 0, false, 60),
        cell(a, 0, true, 9, 1),
      ]),
      settings,
    );
    expect(fit.careless).toMatchObject({ identified: false, counts: { too_little_to_judge: 4 } });
    expect([...fit.annotators.values()].every(({ attentive }) => attentive > 0.7 && attentive < 1)).toBe(
      true,
    );
  });
});

it.each<[string, Partial<ReactionCell>]>([
  ['a count below 0', { count: -1 }],
  ['a count that is no number', { count: NaN }],
  ['an endless count', { count: Infinity }],
  ['a floor bin between two', { floor: 0.5 }],
  ['a floor bin beyond all', { floor: 1e9 }],
  ['a style bin that is not there', { style: 6 }],
  ['a try beyond all', { tries: 4 }],
  ['a like of 2', { like: 2 as 1 }],
])('refuses %s', (_, fault) => {
  expect(() => fitReactionModel([{ ...cell('a', 1, false, 3), ...fault }], settings)).toThrow(RangeError);
});
