import type { SamplingSettings } from './sampling-settings.ts';
import { squareRootAllocation } from './sampling-allocation.ts';
import type { Sieved } from './sampling-keys.ts';
import type { Unit } from './style-balance.ts';

/**
 * Draws a number of pairs by stratum, whole units only, so that what was balanced stays so. Niche characters get at
 * least their share of what there is. A unit of two may not fit the last place of its stratum; single pairs of the
 * side, first keys first, then fill up to the size.
 * @param units in the order of their keys
 */
export function drawUnits(
  units: readonly Unit[],
  { size, stratumMinimum }: Pick<SamplingSettings, 'size' | 'stratumMinimum'>,
): Sieved {
  const rows = units.flat();
  if (size === null || rows.length <= size) return { kept: rows, dropped: [] };
  const quota = quotas(units, size, stratumMinimum);
  const drawn = new Set<Unit>();
  let left = size;
  const draw = (unit: Unit, room: number) => {
    if (unit.length > Math.min(room, left)) return 0;
    drawn.add(unit);
    left -= unit.length;
    return unit.length;
  };
  for (const unit of units) {
    const { stratum } = unit[0];
    const room = quota.get(stratum) ?? 0;
    quota.set(stratum, room - draw(unit, room));
  }
  for (const unit of units) if (!drawn.has(unit)) draw(unit, left);
  return {
    kept: units.filter((unit) => drawn.has(unit)).flat(),
    dropped: units.filter((unit) => !drawn.has(unit)).flat(),
  };
}

/** Pairs to draw from each stratum, by its name; a unit belongs to the stratum of its first pair. */
function quotas(units: readonly Unit[], size: number, minimum: number): Map<string, number> {
  const strata = new Map<string, { count: number; niche: boolean }>();
  for (const unit of units) {
    const [{ candidate, stratum: name }] = unit;
    const stratum = strata.get(name) ?? { count: 0, niche: candidate.characterTier === 'niche' };
    stratum.count += unit.length;
    strata.set(name, stratum);
  }
  const sorted = [...strata].sort(([a], [b]) => (a < b ? -1 : 1));
  const allocate = (names: typeof sorted, total: number) =>
    squareRootAllocation(
      names.map(([, { count }]) => count),
      total,
      minimum,
    ).map((count, at) => [names[at]?.[0] ?? '', count] as const);
  const niche = sorted.filter(([, stratum]) => stratum.niche);
  const others = sorted.filter(([, stratum]) => !stratum.niche);
  const all = new Map(allocate(sorted, size));
  const nicheCount = niche.reduce((sum, [, { count }]) => sum + count, 0);
  const nicheShare = Math.ceil((size * nicheCount) / units.flat().length);
  const nicheDrawn = niche.reduce((sum, [name]) => sum + (all.get(name) ?? 0), 0);
  if (nicheDrawn >= nicheShare) return all;
  return new Map([...allocate(niche, nicheShare), ...allocate(others, size - nicheShare)]);
}
