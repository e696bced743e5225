import { createRandom } from '../maths/random.ts';

const permutations = 64;
const missedAtThreshold = 1e-3;
const largest = 0x7fffffff;

/** How 64 hashes are cut into bands: sets of which one band is equal become candidates. */
export interface Banding {
  readonly bands: number;
  readonly rows: number;
}

/**
 * The longest bands with which a pair at the threshold is missed with chance under .001:
 * (1 - threshold^rows)^bands (Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, section 3.4).
 */
export function bandingFor(threshold: number): Banding {
  let best: Banding = { bands: permutations, rows: 1 };
  for (let rows = 2; rows <= permutations; rows += 1) {
    const bands = Math.floor(permutations / rows);
    if ((1 - threshold ** rows) ** bands > missedAtThreshold) break;
    best = { bands, rows };
  }
  return best;
}

const random = createRandom('minhash of near-duplicates');
const factors = Int32Array.from({ length: permutations }, () => random.uint32() | 1);
const offsets = Int32Array.from({ length: permutations }, () => random.uint32());

/**
 * The least of a set under each of 64 random orders (Broder 1997): two sets agree in one with the chance of their
 * Jaccard similarity. Four orders at a time, which halves the time.
 * @param set well mixed 32-bit numbers
 * @param least of other sets, to have what they are together; changed
 */
export function minhashFromSet(
  set: Uint32Array,
  least = new Int32Array(permutations).fill(largest),
): Int32Array {
  for (let order = 0; order < permutations; order += 4) {
    const [f0, o0] = [factors[order] ?? 1, offsets[order] ?? 0];
    const [f1, o1] = [factors[order + 1] ?? 1, offsets[order + 1] ?? 0];
    const [f2, o2] = [factors[order + 2] ?? 1, offsets[order + 2] ?? 0];
    const [f3, o3] = [factors[order + 3] ?? 1, offsets[order + 3] ?? 0];
    let [m0, m1] = [least[order] ?? largest, least[order + 1] ?? largest];
    let [m2, m3] = [least[order + 2] ?? largest, least[order + 3] ?? largest];
    for (let at = 0; at < set.length; at += 1) {
      const x = set[at] ?? 0;
      const h0 = (Math.imul(x, f0) + o0) | 0;
      const h1 = (Math.imul(x, f1) + o1) | 0;
      const h2 = (Math.imul(x, f2) + o2) | 0;
      const h3 = (Math.imul(x, f3) + o3) | 0;
      if (h0 < m0) m0 = h0;
      if (h1 < m1) m1 = h1;
      if (h2 < m2) m2 = h2;
      if (h3 < m3) m3 = h3;
    }
    least[order] = m0;
    least[order + 1] = m1;
    least[order + 2] = m2;
    least[order + 3] = m3;
  }
  return least;
}

/** One 32-bit key a band: equal where all rows of the band are. */
export function bandKeys(minhash: Int32Array, { bands, rows }: Banding): Uint32Array {
  const keys = new Uint32Array(bands);
  for (let band = 0; band < bands; band += 1) {
    let key = band + 1;
    for (let at = band * rows; at < (band + 1) * rows; at += 1) {
      key = Math.imul(key ^ (minhash[at] ?? 0), 0x9e3779b1);
      key ^= key >>> 15;
    }
    keys[band] = key >>> 0;
  }
  return keys;
}
