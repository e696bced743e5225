/** A prompt that a probe set may take. */
export interface ProbeCandidate {
  readonly promptId: string;
  readonly characterId: string;
  readonly tier: string;
  readonly language: string;
  readonly depth: string;
}

/**
 * Draws a probe set: strata (tier, language, depth) take turns, and within a stratum its characters, so that niche
 * characters and deep conversations are in it as much as common ones; the order within is that of the ids, which are
 * hashes. The same candidates give the same set, and a larger set holds a smaller one.
 * @param count prompts wanted; fewer when there are fewer
 */
export function drawProbeSet<Candidate extends ProbeCandidate>(
  candidates: readonly Candidate[],
  count: number,
): Candidate[] {
  const ordered = candidates.toSorted((a, b) =>
    a.promptId < b.promptId ? -1 : a.promptId > b.promptId ? 1 : 0,
  );
  const strata = grouped(ordered, ({ tier, language, depth }) => `${tier} ${language} ${depth}`);
  const queues = [...strata.values()].map((stratum) =>
    inTurns([...grouped(stratum, ({ characterId }) => characterId).values()]),
  );
  return inTurns(queues).slice(0, count);
}

/** First of each list, then second of each, and so on. */
function inTurns<Item>(lists: readonly (readonly Item[])[]): Item[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) =>
    lists.flatMap((list) => list.slice(index, index + 1)),
  ).flat();
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
