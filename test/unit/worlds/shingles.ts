/** Near-duplicates among texts: pairs whose sets of 5-grams have a Jaccard index of at least `limit`. */
export function nearDuplicates(texts: readonly string[], limit: number): [string, string][] {
  const sets = texts.map((text) => new Set(fiveGrams(text)));
  const uses = new Map<number, number>();
  for (const set of sets) for (const gram of set) uses.set(gram, (uses.get(gram) ?? 0) + 1);
  // Two sets so alike share one of the rarest (1 - limit) of their grams (prefix filter of Bayardo, Ma and Srikant).
  const holders = new Map<number, number[]>();
  const found: [string, string][] = [];
  sets.forEach((set, i) => {
    const candidates = new Set<number>();
    for (const gram of rarestOf(set, set.size - Math.ceil(limit * set.size) + 1, uses)) {
      if ((uses.get(gram) ?? 0) < 2) continue;
      const list = holders.get(gram) ?? [];
      for (const j of list) if (alikeInSize(set, sets[j], limit)) candidates.add(j);
      holders.set(gram, list);
      list.push(i);
    }
    for (const j of candidates) {
      if (jaccard(set, sets[j] ?? new Set()) >= limit) found.push([texts[j] ?? '', texts[i] ?? '']);
    }
  });
  return found;
}

/** Hashes of the runs of five words where the language has spaces, of five characters in Chinese. */
export function fiveGrams(text: string): number[] {
  const chinese = /[\u4e00-\u9fff]/.test(text);
  const units = (chinese ? [...text.replace(/\s/g, '')] : text.split(/\s+/)).map(hashOf);
  const grams: number[] = [];
  for (let i = 0; i < Math.max(1, units.length - 4); i += 1) {
    grams.push(units.slice(i, i + 5).reduce((hash, unit) => (Math.imul(hash, 0x01000193) + unit) | 0, 0));
  }
  return grams;
}

function hashOf(unit: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < unit.length; i += 1) hash = Math.imul(hash ^ unit.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}

function rarestOf(set: Set<number>, count: number, uses: Map<number, number>): number[] {
  const ranked = Float64Array.from(set, (gram) => (uses.get(gram) ?? 0) * 0x100000000 + (gram >>> 0)).sort();
  return Array.from(ranked.subarray(0, count), (rank) => (rank % 0x100000000) | 0);
}

function alikeInSize(set: Set<number>, other: Set<number> | undefined, limit: number): boolean {
  const size = other?.size ?? 0;
  return Math.min(set.size, size) >= limit * Math.max(set.size, size);
}

function jaccard(one: Set<number>, other: Set<number>): number {
  let shared = 0;
  for (const gram of one) if (other.has(gram)) shared += 1;
  return shared / (one.size + other.size - shared);
}
