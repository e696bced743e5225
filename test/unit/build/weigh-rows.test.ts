import { expect, test } from 'vitest';

import { weightsOf } from '../../../services/jobs/build/weigh-rows.ts';
import type { UndrawnRow } from '../../../services/jobs/build/weigh-rows.ts';

/** 150 people with one row each on train, two of whom have many; a few on test. */
const rows: readonly UndrawnRow[] = [
  ...Array.from({ length: 150 }, (_, at) => ({ person: String(at), side: 'train' as const })),
  ...Array.from({ length: 90 }, (_, at) => ({ person: String(at % 2), side: 'train' as const })),
  ...Array.from({ length: 4 }, () => ({ person: 'other', side: 'test' as const })),
].map(({ person, side }, at) => ({ id: String(at), side, annotatorId: person, characterId: '' }));

test('no person weighs more than two per cent of the rows that are not drawn; each side has mean 1', () => {
  const weights = new Map(weightsOf(rows).map(({ id, weight }) => [id, weight]));
  const held = (wanted: (row: UndrawnRow) => boolean) =>
    rows.filter(wanted).reduce((sum, { id }) => sum + (weights.get(id) ?? Number.NaN), 0);
  expect(held(({ side }) => side === 'train')).toBeCloseTo(240);
  expect(held(({ side }) => side === 'test')).toBeCloseTo(4);
  for (const person of ['0', '1'])
    expect(held(({ annotatorId }) => annotatorId === person) / 240).toBeCloseTo(0.02);
  expect(weights.get('2')).toBeGreaterThan(1);
});
