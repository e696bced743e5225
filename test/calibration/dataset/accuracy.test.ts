import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openEventStore } from '../../support/event-store.ts';
import type { EventStore } from '../../support/event-store.ts';
import {
  agreementAt,
  calibrationOf,
  rawRankings,
  shareBetter,
  styleCorrelation,
} from '../reactions/rankings.ts';
import { full } from '../../support/full-size.ts';
import { printTable } from '../../support/print-table.ts';
import { builtWorld } from './built-world.ts';
import type { BuiltPair, BuiltWorld } from './built-world.ts';

// From events to pairs, the floor and the engine's counts among it. Targets are those of the reaction model at the full
// size (worlds of 200 annotators and 28 days). The quick size is one small world, where shares of pairs have a
// Monte-Carlo error of about .015: what it asserts leaves room for two of them.
const size = full ? { annotators: 200, days: 28 } : { annotators: 70, days: 21 };
const seeds = full ? ['1', '2', '3', '4'] : ['1'];
const room = full ? 0 : 0.03;

let store: EventStore;
let built: BuiltWorld[];
let pairs: BuiltPair[];
beforeAll(async () => {
  store = await openEventStore();
  built = [];
  for (const seed of seeds) {
    built.push(await builtWorld(store, `confounded-${seed}`, { world: 'confounded', seed, ...size }));
  }
  pairs = built.flatMap((world) => [...world.pairs]);
}, 900_000);
afterAll(() => store.close());

describe('confounded worlds, from events to pairs', () => {
  it('ranks siblings at equal yield better than any raw ranking', () => {
    const decided = pairs.filter(({ pair }) => pair.kind !== 'choose');
    const yields = [
      decided.length,
      decided.filter(({ p }) => p >= 0.8).length,
      decided.filter(({ p }) => p >= 0.85).length,
      Math.floor(decided.length / 4),
    ];
    const agreement = (leadOf: (pair: BuiltPair) => number) =>
      yields.map((count) =>
        agreementAt(
          decided.map((pair) => ({ lead: leadOf(pair), better: pair.better })),
          count,
        ),
      );
    const raw = Object.entries(rawRankings).map(
      ([name, leadOf]) => [name, ...agreement(({ pair }) => leadOf(pair))] as const,
    );
    const tacit = agreement(({ p }) => p - 0.5);
    printTable('agreement with the latent preference', [
      [
        'ranking',
        `all ${yields[0]}`,
        `P >= .80: ${yields[1]}`,
        `P >= .85: ${yields[2]}`,
        `top quarter ${yields[3]}`,
      ],
      ...raw,
      ['tacit', ...tacit],
    ]);
    const best = (column: 1 | 2 | 3 | 4) => Math.max(...raw.map((row) => row[column] ?? NaN));
    expect(tacit[0]).toBeGreaterThan(best(1) - room);
    expect(tacit[1]).toBeGreaterThan(best(2) + 0.03 - room);
    expect(tacit[2]).toBeGreaterThan(0.88 - room);
    expect(tacit[3]).toBeGreaterThan(0.87 - room);
  });

  it('means what its probabilities say', () => {
    const deciles = calibrationOf(pairs, full ? 200 : 100);
    printTable('calibration', [
      ['P from', 'pairs', 'predicted', 'actual'],
      ...deciles.map(({ from, pairs: count, predicted, actual }) => [from, count, predicted, actual]),
    ]);
    expect(deciles.length).toBeGreaterThanOrEqual(3);
    for (const { pairs: count, predicted, actual } of deciles) {
      const chance = 2 * Math.sqrt((actual * (1 - actual)) / count);
      expect(Math.abs(predicted - actual)).toBeLessThan(0.04 + chance);
    }
  });

  it('finds careless annotators where there is enough to judge', async () => {
    let [hits, misses, alarms] = [0, 0, 0];
    for (const { world, report } of built) {
      const careless = new Set(world.truth().careless_annotators);
      const rows = await store.warehouse.query<{ annotator_id: string; verdict: string }>({
        sql: 'SELECT annotator_id, verdict FROM annotator_habits FINAL WHERE build_id = {build:String}',
        parameters: { build: report.dataset },
      });
      for (const { annotator_id, verdict } of rows) {
        if (verdict === 'careless' && careless.has(annotator_id)) hits += 1;
        if (verdict === 'attentive' && careless.has(annotator_id)) misses += 1;
        if (verdict === 'careless' && !careless.has(annotator_id)) alarms += 1;
      }
    }
    printTable('careless annotators', [
      ['found', 'missed', 'false alarms', 'precision', 'recall'],
      [hits, misses, alarms, hits / (hits + alarms), hits / (hits + misses)],
    ]);
    if (full) {
      expect(hits / (hits + alarms)).toBeGreaterThanOrEqual(0.9);
      expect(hits / (hits + misses)).toBeGreaterThanOrEqual(0.7);
    } else expect(alarms).toBeLessThanOrEqual(1);
  });

  it('keeps style, people and niche characters in bounds', async () => {
    for (const { report, pairs: own } of built) {
      const kept = own.filter((pair) => pair.kept);
      const train = kept.filter(({ row }) => row.split === 'train');
      const longer = correlation(train.map(({ row }) => row.lengths));
      const flattering = styleCorrelation(
        train.map(({ pair }) => pair),
        ({ flattering: flatters }) => Number(flatters),
      );
      const niche = await nicheShares(report.dataset);
      const weights = [...Map.groupBy(kept, ({ row }) => row.annotator_id).values()].map((ofPerson) =>
        ofPerson.reduce((sum, { row }) => sum + row.weight, 0),
      );
      const most = Math.max(...weights) / weights.reduce((sum, weight) => sum + weight, 0);
      printTable(`dataset of ${kept.length} pairs`, [
        ['r with length', 'r with flattery', 'niche in input', 'niche in dataset', 'largest person'],
        [longer, flattering, niche.input, niche.dataset, most],
      ]);
      if (!full) continue;
      expect(Math.abs(longer)).toBeLessThan(0.05);
      expect(Math.abs(flattering)).toBeLessThan(0.05);
      expect(niche.dataset).toBeGreaterThanOrEqual(niche.input - 0.01);
      expect(most).toBeLessThan(0.025);
    }
    expect(shareBetter(pairs.filter(({ kept }) => kept))).toBeGreaterThan(0.85 - room);
  });
});

describe('worlds with planted effects on the outcome', () => {
  it.each([
    ['a strong positive regenerate effect', { main: { regenerate: 0.8 } }],
    [
      'an active time x regenerate interaction',
      { interactions: [{ signals: ['active_time', 'regenerate'] as const, coefficient: 0.6 }] },
    ],
  ])('%s turns no pair round', { timeout: 600_000 }, async (name, effects) => {
    const world = { world: 'confounded', seed: '1', effects } as const;
    const worldSize = full ? size : { annotators: 25, days: 14 };
    // Where a regenerate is good for the outcome, worse replies are: a build says so and stops unless told to go on.
    const plan = { anchor: 'report' };
    const planted = await builtWorld(store, `turned ${name}`, { ...world, ...worldSize }, plan);
    const kept = planted.pairs.filter((pair) => pair.kept);
    const discarded = kept.filter(({ pair }) => pair.kind === 'regenerate');
    expect(discarded.length).toBeGreaterThan(20);
    for (const { pair, p } of kept) {
      expect(p).toBeGreaterThanOrEqual(0.8);
      const turned = pair.better.regenerated === true && pair.worse.regenerated === false;
      expect(turned && pair.better.like <= pair.worse.like).toBe(false);
    }
    expect(shareBetter(kept)).toBeGreaterThan(0.8 - room);
  });
});

async function nicheShares(dataset: string): Promise<{ input: number; dataset: number }> {
  const [row] = await store.warehouse.query<{ input: number; dataset: number }>({
    sql: `
WITH niche AS (SELECT DISTINCT character_id FROM dataset_pairs WHERE dataset_id = {dataset:String} AND tier = 'niche')
SELECT
    (SELECT countIf(character_id IN niche) / count() FROM shown_replies WHERE build_id = {dataset:String}) AS input,
    (SELECT countIf(tier = 'niche') / count() FROM dataset_pairs WHERE dataset_id = {dataset:String}) AS dataset`,
    parameters: { dataset },
  });
  return row ?? { input: NaN, dataset: NaN };
}

/** Pearson's, of being chosen with the logarithm of the length. */
function correlation(lengths: readonly (readonly [number, number])[]): number {
  const logs = lengths.map(([chosen, rejected]) => [Math.log(chosen), Math.log(rejected)] as const);
  const all = logs.flat();
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length;
  const gap = logs.reduce((sum, [chosen, rejected]) => sum + (chosen - rejected), 0) / logs.length;
  return gap / 2 / Math.sqrt(variance);
}
