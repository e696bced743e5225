import { beforeAll, describe, expect, it } from 'vitest';

import { fitReactionModel } from '../../../pipelines/reactions/fit-reaction-model.ts';
import { betterThanTypical } from '../../../pipelines/reactions/pair-probability.ts';
import type { ReactionFit } from '../../../pipelines/reactions/reaction-fit.ts';
import { defaultReactionSettings } from '../../../pipelines/reactions/reaction-settings.ts';
import { cellsOf, choicesOf } from './judged-reply.ts';
import type { JudgedReply, JudgedWorld } from './judged-reply.ts';
import { createOracle } from './oracle.ts';
import {
  agreementAt,
  calibrationOf,
  judgedPairs,
  rawRankings,
  shareBetter,
  styleCorrelation,
} from './rankings.ts';
import type { JudgedPair } from './rankings.ts';
import { repositoryWorld } from './repository-world.ts';
import { full } from '../../support/full-size.ts';
import { printTable } from '../../support/print-table.ts';

// The targets are those of docs/reaction-model.md. Shares of pairs have a Monte-Carlo error of .007 at the quick size:
// what is asserted stands at least two of them from what is seen.
const seeds = Array.from({ length: full ? 16 : 3 }, (_, i) => `pairs ${i}`);
const floors = {
  'the true defects': [0, 0],
  'a floor that misses 5 % and of what it flags 5 % is clean': [0.003, 0.05],
  ...(full ? { 'a floor wrong in 5 % of all replies': [0.05, 0.05] as const } : {}),
} as const satisfies Record<string, readonly [number, number]>;

interface Fitted<World extends JudgedWorld = JudgedWorld> {
  readonly world: World;
  readonly fit: ReactionFit;
}

function fitted<World extends JudgedWorld>(world: World, settings = defaultReactionSettings): Fitted<World> {
  const deeds = { choices: choicesOf(world.pairs), editedReplies: 0 };
  return { world, fit: fitReactionModel(cellsOf(world.replies), settings, deeds) };
}

describe.each(Object.entries(floors))('confounded worlds, flags: %s', (name, flagErrors) => {
  let fits: Fitted[];
  let pairs: (JudgedPair & { readonly known: number })[];
  const harsh = flagErrors[0] >= 0.05;
  const of = (...kinds: readonly string[]) => pairs.filter(({ pair }) => kinds.includes(pair.kind));
  beforeAll(
    () => {
      const worlds = seeds.map((seed) => fitted(repositoryWorld({ seed }, flagErrors)));
      fits = worlds;
      pairs = worlds.flatMap(({ fit, world }) => {
        const oracle = createOracle(world.known);
        return judgedPairs(fit, world.pairs).map((each) => ({ ...each, known: oracle(each.pair) }));
      });
    },
    full ? 900_000 : 120_000,
  );

  it('is identified and converges', () => {
    for (const { fit } of fits) {
      expect(fit).toMatchObject({ identified: true, reason: null, converged: true });
      expect(fit.choices).toBe('estimated');
    }
  });

  it.each([['regenerate'], ['like'], ['regenerate', 'like', 'choose']])(
    'ranks pairs by %s at equal yield better than any raw ranking',
    (...kinds) => {
      const own = of(...kinds);
      const yields = [own.length, own.filter(({ p }) => p >= 0.8).length, Math.floor(own.length / 4)];
      const agreement = (leadOf: (pair: (typeof own)[number]) => number) =>
        yields.map((count) =>
          agreementAt(
            own.map((pair) => ({ lead: leadOf(pair), better: pair.better })),
            count,
          ),
        );
      const raw = Object.entries(rawRankings).map(
        ([ranking, leadOf]) => [ranking, ...agreement(({ pair }) => leadOf(pair))] as const,
      );
      const model = agreement(({ p }) => p - 0.5);
      const oracle = agreement(({ known }) => known - 0.5);
      printTable(`${kinds.join(', ')}; flags: ${name}`, [
        ['ranking', `all ${yields[0]}`, `P >= .80: ${yields[1]}`, `top quarter ${yields[2]}`],
        ...raw,
        ['reaction model', ...model],
        ['the world itself', ...oracle],
      ]);
      const best = (yielded: 1 | 2 | 3) => Math.max(...raw.map((row) => row[yielded] ?? NaN));
      expect(model[0]).toBeGreaterThan(best(1) - 0.005);
      expect(model[1]).toBeGreaterThan(best(2) + (harsh || kinds[0] === 'like' ? 0.02 : 0.03));
      expect(model[2]).toBeGreaterThan(best(3) + (harsh ? 0.02 : 0.03));
      expect(model[2]).toBeGreaterThan(0.87);
      // Who knows all but each reply's own quality does better, and not by much.
      for (const [i, share] of oracle.entries()) {
        expect(share).toBeGreaterThan((model[i] ?? NaN) - 0.005);
        if (!harsh) expect(share).toBeLessThan((model[i] ?? NaN) + 0.02);
      }
    },
  );

  it('means what it says: P >= .85 is right in at least .88, and every decile within .04', () => {
    for (const kinds of [['regenerate'], ['choose'], ['regenerate', 'like', 'choose']]) {
      const own = of(...kinds);
      expect(shareBetter(own.filter(({ p }) => p >= 0.85))).toBeGreaterThan(0.88);
      const deciles = calibrationOf(own);
      printTable(`calibration, ${kinds.join(', ')}; flags: ${name}`, [
        ['P from', 'pairs', 'predicted', 'actual'],
        ...deciles.map(({ from, pairs: count, predicted, actual }) => [from, count, predicted, actual]),
      ]);
      for (const { pairs: count, predicted, actual } of deciles) {
        const chance = 2 * Math.sqrt((actual * (1 - actual)) / count);
        expect(Math.abs(predicted - actual)).toBeLessThan(0.04 + chance);
      }
    }
  });

  it('finds the careless among annotators with at least ten flagged replies', () => {
    const judged = fits.flatMap(({ fit, world }) =>
      [...fit.annotators].map(([id, { verdict }]) => ({ verdict, careless: world.careless.has(id) })),
    );
    const count = (verdict: string, careless: boolean) =>
      judged.filter((each) => each.verdict === verdict && each.careless === careless).length;
    const [hits, misses, alarms] = [
      count('careless', true),
      count('attentive', true),
      count('careless', false),
    ];
    printTable(`careless; flags: ${name}`, [
      ['found', 'missed', 'false alarms', 'careless with too little to judge', 'precision', 'recall'],
      [
        hits,
        misses,
        alarms,
        count('too_little_to_judge', true),
        hits / (hits + alarms),
        hits / (hits + misses),
      ],
    ]);
    if (harsh) return;
    const chance = full ? 0 : 0.1;
    expect(hits / (hits + alarms)).toBeGreaterThan(0.9 - chance);
    expect(hits / (hits + misses)).toBeGreaterThan(0.7 - chance);
  });

  it('says of a single reply how likely it beats one drawn from its annotator', () => {
    const [first] = fits;
    if (!first) throw new Error('no world');
    const byAnnotator = Map.groupBy(first.world.replies, ({ annotator }) => annotator);
    const told = first.world.replies.map((reply) => {
      const others = byAnnotator.get(reply.annotator) ?? [];
      const below = others.filter(({ quality }) => quality < reply.quality).length / others.length;
      return { p: betterThanTypical(first.fit, reply.annotator, reply).p, below };
    });
    const rows = Array.from({ length: 10 }, (_, i) => {
      const own = told.filter(({ p }) => p >= i / 10 && p < (i + 1) / 10);
      const mean = (key: 'p' | 'below') => own.reduce((sum, each) => sum + each[key], 0) / own.length;
      return [i / 10, own.length, mean('p'), mean('below')] as const;
    }).filter(([, replies]) => replies >= 200);
    printTable(`singles; flags: ${name}`, [['P from', 'replies', 'predicted', 'actual'], ...rows]);
    expect(rows.length).toBeGreaterThanOrEqual(7);
    for (const [, , predicted, actual] of rows) expect(Math.abs(predicted - actual)).toBeLessThan(0.04);
  });
});

describe('worlds with planted effects on the outcome', () => {
  it.each([
    ['a strong positive regenerate effect', { main: { regenerate: 0.8 } }],
    [
      'an active time x regenerate interaction',
      { interactions: [{ signals: ['active_time', 'regenerate'] as const, coefficient: 0.6 }] },
    ],
  ])('%s turns no pair round', (_, effects) => {
    const { fit, world } = fitted(repositoryWorld({ seed: 'turned', effects }));
    const kept = judgedPairs(fit, world.pairs).filter(({ p }) => p >= 0.8);
    const discarded = kept.filter(({ pair }) => pair.kind === 'regenerate');
    expect(discarded.length).toBeGreaterThan(1000);
    expect(discarded.every(({ pair }) => pair.worse.regenerated === true)).toBe(true);
    expect(shareBetter(discarded)).toBeGreaterThan(0.88);
  });
});

describe('planted flattery', () => {
  it('does not tell quality: the guard takes it out of what a like says', () => {
    const world = repositoryWorld({
      seed: 'flattery',
      shares: { flatteringReplies: 0.3, defectiveReplies: 0 },
    });
    const [guarded, blind] = [
      fitted(world),
      fitted(world, {
        ...defaultReactionSettings,
        styleCovariates: defaultReactionSettings.styleCovariates.map(() => []),
      }),
    ];
    const flattery = ({ flattering }: JudgedReply) => Number(flattering);
    const liked = world.pairs.filter(({ kind }) => kind === 'like');
    const correlation = ({ fit }: Fitted) =>
      styleCorrelation(
        judgedPairs(fit, liked)
          .filter(({ p }) => p >= 0.85)
          .map(({ pair }) => pair),
        flattery,
      );
    const figures = [styleCorrelation(liked, flattery), correlation(blind), correlation(guarded)] as const;
    printTable('correlation of chosen with flattery', [['raw', 'unguarded', 'guarded'], figures]);
    expect(guarded.fit.globals.styleOnLike[0]).toBeGreaterThan(0.4);
    expect(guarded.fit.globals.styleOnDislike[0]).toBeLessThan(-0.3);
    expect(Math.abs(guarded.fit.globals.style[0] ?? NaN)).toBeLessThan(0.2);
    expect(figures[2]).toBeLessThan(figures[1] - 0.02);
  });
});
