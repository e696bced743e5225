import { expect, it } from 'vitest';

import { fitReactionModel } from '../../../pipelines/reactions/fit-reaction-model.ts';
import { defaultReactionSettings } from '../../../pipelines/reactions/reaction-settings.ts';
import { cellsOf, choicesOf } from './judged-reply.ts';
import { plantedReactions } from './planted-reactions.ts';
import type { PlantedTruth } from './planted-reactions.ts';
import { agreementAt, calibrationOf, judgedPairs, rawRankings, shareBetter } from './rankings.ts';
import type { JudgedPair } from './rankings.ts';
import { full } from '../../support/full-size.ts';
import { printTable } from '../../support/print-table.ts';

// Truths that the model knows in general shape at best. Asserted at either size: what is exported (P >= .80) is right
// as often as it says, within .04 and two Monte-Carlo errors, and no raw ranking does better at the same yield.
const truths: Readonly<Record<string, Partial<PlantedTruth>>> = {
  'logistic, all alike': {},
  'twenty turns an annotator': { turns: 20, annotators: 600 },
  'six turns an annotator': { turns: 6, annotators: 1500 },
  'another link: probit': { link: 'probit' },
  'another link: lapses': { link: 'lapses' },
  'another link: asymmetric': { link: 'cloglog' },
  'some see quality sharper than others': { slopeSpread: 0.5 },
  'each has a taste of their own': { whim: 0.7 },
  'regenerate says more than like': { likeSlope: 0.8, regenerateSlope: 1.8 },
  'like says more than regenerate': { likeSlope: 1.8, regenerateSlope: 0.6 },
  'two kinds of people': { twoKinds: true },
  'a quarter careless': { careless: 0.25 },
  'nobody careless': { careless: 0 },
  'flags wrong in 5 % of all replies': { flagErrors: [0.05, 0.05] },
  'many mild defects': { defects: 0.2, severity: [1, 0.6] },
  'no defects at all': { defects: 0, flagErrors: [0, 0] },
  'replacements are judged otherwise': { position: [0.5, -0.5, -0.8] },
  'people tire of trying': { tiring: -1 },
  'reactions say little': { likeSlope: 0.4, regenerateSlope: 0.4 },
  'reactions say nearly all': { likeSlope: 2.5, regenerateSlope: 2.5 },
  'reactions are steps': { likeSlope: 7, regenerateSlope: 7 },
  'a misperception goes into all deeds': { misperception: 0.4 },
  'reactions are steps, a misperception goes into all, people settle': {
    ...{ likeSlope: 7, regenerateSlope: 7, misperception: 0.5, longestChain: 3 },
  },
};
const quick = ['six turns an annotator', 'another link: lapses', 'a quarter careless', 'no defects at all'];
const worlds = full ? 4 : 1;

it.each(Object.entries(truths).filter(([name]) => full || quick.includes(name)))(
  'holds its probabilities where truth is: %s',
  (name, truth) => {
    const pairs: JudgedPair[] = [];
    for (let w = 0; w < worlds; w += 1) {
      const world = plantedReactions({ seed: `${name} ${w}`, ...truth });
      const deeds = { choices: choicesOf(world.pairs), editedReplies: 0 };
      const fit = fitReactionModel(cellsOf(world.replies), defaultReactionSettings, deeds);
      expect(fit.converged).toBe(true);
      if (!fit.identified) {
        expect(fit.reason).toBe('no_association');
        expect(name).toBe('reactions say little');
        continue;
      }
      pairs.push(...judgedPairs(fit, world.pairs));
    }
    const kept = pairs.filter(({ p }) => p >= 0.8);
    const sure = pairs.filter(({ p }) => p >= 0.85);
    const best = Math.max(
      ...Object.values(rawRankings).map((leadOf) =>
        agreementAt(
          pairs.map(({ pair, better }) => ({ lead: leadOf(pair), better })),
          kept.length,
        ),
      ),
    );
    const predicted = kept.reduce((sum, { p }) => sum + p, 0) / kept.length;
    const actual = shareBetter(kept);
    const deciles = calibrationOf(pairs);
    const worst = Math.max(...deciles.map((decile) => Math.abs(decile.predicted - decile.actual)));
    printTable(name, [
      ['pairs', 'P >= .80', 'predicted', 'actual', 'best raw', 'P >= .85', 'worst decile'],
      [pairs.length, kept.length, predicted, actual, best, shareBetter(sure), worst],
    ]);
    const chance = 2 * Math.sqrt(0.1 / kept.length);
    expect(Math.abs(predicted - actual)).toBeLessThan(0.04 + chance);
    expect(actual).toBeGreaterThan(best - chance);
    if (sure.length >= 200) expect(shareBetter(sure)).toBeGreaterThan(0.88 - chance);
  },
  full ? 300_000 : 60_000,
);
