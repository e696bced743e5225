import type { StratifiedRecord } from './stratified-record.ts';

export type Identity = Pick<StratifiedRecord, 'app' | 'annotator_id' | 'event_id'>;

/** Remembers at which place of the log identities were met, for as long as few others came since. */
export interface IdentityWindow {
  /** @returns the place of an earlier delivery; undefined when none is known, and then this one is remembered */
  meet(identity: Identity, place: number): number | undefined;
}

/** A hash table with open addressing. A slot is a place + 1 (0: free) and the 64 bits of its identity. */
interface Generation {
  readonly places: Float64Array;
  readonly words: Uint32Array;
  count: number;
}

const wordsOfSlot = 4;

/**
 * Two generations: when the young one is full it becomes the old one, and the old one is forgotten. Identities are kept
 * as hashes of 64 bits outside the heap: as texts they were the greater part of what the garbage collector went through.
 * Among 400,000 a new one is taken for another once in some 10^13 events.
 * @param capacity identities surely remembered; up to twice as many are
 */
export function createIdentityWindow(capacity: number): IdentityWindow {
  const slots = 2 ** Math.ceil(Math.log2(capacity * 2));
  const hash = new Uint32Array(2);
  let young = createGeneration(slots);
  let old = createGeneration(slots);

  /** Slot of the identity that is in `hash`, or the free one where it belongs. */
  function slotIn({ places, words }: Generation): number {
    const [low = 0, high = 0] = hash;
    let slot = low & (slots - 1);
    while (places[slot * 2] !== 0) {
      if (words[slot * wordsOfSlot + 2] === low && words[slot * wordsOfSlot + 3] === high) break;
      slot = (slot + 1) & (slots - 1);
    }
    return slot;
  }

  function remember(place: number): void {
    if (young.count >= capacity) {
      [young, old] = [old, young];
      young.places.fill(0);
      young.count = 0;
    }
    const slot = slotIn(young);
    if (young.places[slot * 2] === 0) young.count += 1;
    young.places[slot * 2] = place + 1;
    young.words.set(hash, slot * wordsOfSlot + 2);
  }

  return {
    meet(identity, place) {
      hashIdentity(identity, hash);
      const known = (young.places[slotIn(young) * 2] || old.places[slotIn(old) * 2] || 0) - 1;
      if (known >= 0 && known < place) return known;
      remember(place);
      return undefined;
    },
  };
}

function createGeneration(slots: number): Generation {
  const bytes = new ArrayBuffer(slots * wordsOfSlot * 4);
  return { places: new Float64Array(bytes), words: new Uint32Array(bytes), count: 0 };
}

/** Two multiplicative hashes of 32 bits with different odd factors, mixed downwards at every step. */
function hashIdentity({ event_id, annotator_id, app }: Identity, into: Uint32Array): void {
  let low = 0x9e3779b9;
  let high = 0x85ebca6b;
  const texts = [event_id, annotator_id, app];
  for (let which = 0; which < texts.length; which += 1) {
    const text = texts[which] ?? '';
    // After its last unit one that no text has, so that where a text ends counts.
    for (let at = 0; at <= text.length; at += 1) {
      const unit = at < text.length ? text.charCodeAt(at) : 0x10000;
      low = Math.imul(low ^ unit, 0x9e3779b1);
      low ^= low >>> 15;
      high = Math.imul(high ^ unit, 0xc2b2ae3d);
      high ^= high >>> 13;
    }
  }
  into[0] = low;
  into[1] = high;
}
