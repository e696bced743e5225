import { createHmac } from 'node:crypto';

import { TacitError } from '../../schemas/errors.ts';

export interface Pseudonyms {
  /** Names the key without giving it away; `off` when annotator ids stay as the app sent them. */
  readonly fingerprint: string;
  /** The pseudonym of an app's annotator: 22 base64url characters, or the id itself when pseudonyms are off. */
  of(app: string, annotatorId: string): string;
}

export interface PseudonymOptions {
  /** At least 16 bytes, or `off`. */
  readonly key: Uint8Array | 'off';
  /** The cache holds up to twice as many annotators of each app. */
  readonly cachedAnnotators?: number;
}

/**
 * Pseudonym = base64url of the first 16 bytes of HMAC-SHA256(key, app + NUL + annotator id). A cache spares the hash
 * for annotators seen lately.
 * @throws TacitError `configuration` when the key is too short
 */
export function createPseudonyms({ key, cachedAnnotators = 50_000 }: PseudonymOptions): Pseudonyms {
  if (key === 'off') return { fingerprint: 'off', of: (_app, annotatorId) => annotatorId };
  if (key.length < 16) throw new TacitError('configuration', 'the pseudonym key needs at least 16 bytes');
  const secret = Uint8Array.from(key);
  const digest = (text: string) => createHmac('sha256', secret).update(text).digest();

  const caches = new Map<string, Cache>();
  return {
    fingerprint: digest('tacit pseudonym key fingerprint').toString('hex', 0, 16),
    of(app, annotatorId) {
      let cache = caches.get(app);
      if (!cache) caches.set(app, (cache = { young: new Map(), old: new Map() }));
      const cached = cache.young.get(annotatorId);
      if (cached !== undefined) return cached;
      const pseudonym =
        cache.old.get(annotatorId) ?? digest(`${app}\0${annotatorId}`).toString('base64url', 0, 16);
      if (cache.young.size >= cachedAnnotators) {
        cache.old = cache.young;
        cache.young = new Map();
      }
      cache.young.set(annotatorId, pseudonym);
      return pseudonym;
    },
  };
}

/** Two generations of one app's annotators: a hit costs one look-up, and nothing is reordered. */
interface Cache {
  young: Map<string, string>;
  old: Map<string, string>;
}
