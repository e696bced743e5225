const windowSize = 32_768;
const windowMask = windowSize - 1;
const longHashBits = 16;
/** Level 9. */
const longestChain = 4_096;
const goodMatch = 32;

/** Matches within the window of 32 KiB before a place, as zlib's `longest_match` of level 9 finds them. */
export interface MatchFinder {
  /** Takes in the place of three bytes or more. @returns the latest place before it with the same hash, or -1 */
  insert(at: number): number;
  /**
   * @param first what `insert` returned for this place
   * @param longer a match must have more bytes than this
   * @param reach bytes that it may have at most
   * @param limit places up to here are out of the window
   * @returns its length, `longer` where there is none
   */
  longestFrom(at: number, first: number, longer: number, reach: number, limit: number): number;
  /** Where the match begins that `longestFrom` found last. */
  start(): number;
}

/**
 * zlib goes back place by place through all that share a hash of three bytes, a limited number of them, and takes the
 * first of the longest matches. The same match is found by chains over four and six bytes once a match of more than
 * three or five is sought: what they leave out cannot match, and how many places zlib would have seen until then is
 * told by the rank of each place among those of its hash.
 */
export function createMatchFinder(input: Uint8Array): MatchFinder {
  const heads = new Int32Array(windowSize).fill(-1);
  const heads4 = new Int32Array(1 << longHashBits).fill(-1);
  const heads6 = new Int32Array(1 << longHashBits).fill(-1);
  const chain = new Int32Array(windowSize);
  const chain4 = new Int32Array(windowSize);
  const chain6 = new Int32Array(windowSize);
  const inserted = new Int32Array(windowSize);
  const ranks = new Int32Array(windowSize);
  let matchStart = 0;

  function matchLength(at: number, candidate: number, reach: number): number {
    let length = 0;
    while (length < reach && input[candidate + length] === input[at + length]) length += 1;
    return length;
  }

  return {
    start: () => matchStart,

    insert(at) {
      const [a, b, c] = [input[at] as number, input[at + 1] as number, input[at + 2] as number];
      const place = at & windowMask;
      const hash = ((a << 10) ^ (b << 5) ^ c) & windowMask;
      const found = heads[hash] as number;
      chain[place] = found;
      heads[hash] = at;
      const rank = (inserted[hash] as number) + 1;
      inserted[hash] = rank;
      ranks[place] = rank;
      const four = Math.imul(a | (b << 8) | (c << 16) | ((input[at + 3] as number) << 24), 0x9e3779b1);
      const hash4 = four >>> (32 - longHashBits);
      chain4[place] = heads4[hash4] as number;
      heads4[hash4] = at;
      const last = Math.imul((input[at + 4] as number) | ((input[at + 5] as number) << 8), 0x85ebca6b);
      const hash6 = Math.imul(four ^ last, 0x2c1b3c6d) >>> (32 - longHashBits);
      chain6[place] = heads6[hash6] as number;
      heads6[hash6] = at;
      return found;
    },

    longestFrom(at, first, longer, reach, limit) {
      const chances = longer >= goodMatch ? longestChain >> 2 : longestChain;
      const lastRank = (ranks[first & windowMask] as number) - chances;
      // The first is looked at wherever it lies.
      const end = Math.min(limit, first - 1);
      let best = longer;
      /** Places from here on were seen already. */
      let seen = at;
      for (let candidate = first; best < 3; candidate = chain[candidate & windowMask] as number) {
        if (candidate <= end || (ranks[candidate & windowMask] as number) <= lastRank) return best;
        const length = matchLength(at, candidate, reach);
        if (length < 3) continue;
        matchStart = candidate;
        best = length;
        seen = candidate;
      }
      for (let long = best >= 5; best < reach; long = true) {
        const links = long ? chain6 : chain4;
        let candidate = links[at & windowMask] as number;
        for (; candidate > end; candidate = links[candidate & windowMask] as number) {
          if (input[candidate + best] !== input[at + best] || input[candidate] !== input[at]) continue;
          if (candidate >= seen) continue;
          const length = matchLength(at, candidate, reach);
          if (length >= 3 && (ranks[candidate & windowMask] as number) <= lastRank) return best;
          if (length <= best) continue;
          matchStart = candidate;
          best = length;
          seen = candidate;
          if (best >= reach || (best >= 5 && !long)) break;
        }
        if (long || candidate <= end) break;
      }
      return best;
    },
  };
}
