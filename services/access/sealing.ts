import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

/** What sealed bytes belong to: they open nowhere else. */
export interface SealedPlace {
  readonly app: string;
  readonly receipt: string;
  readonly index: number;
}

export interface Sealer {
  seal(bytes: Uint8Array, place: SealedPlace): string;
  /** @returns undefined when the text was sealed with another key or for another place, or is damaged. */
  open(sealed: string, place: SealedPlace): Buffer | undefined;
}

const plainVersion = 0;
const aesGcmVersion = 1;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Seals the bytes of dead letters with AES-256-GCM under a key derived from the pseudonym key (HKDF-SHA256, RFC 5869).
 * Sealed text is base64 of: one version byte, then nonce, tag and ciphertext. With `off`, for apps that keep annotator
 * ids in clear anyway, it is the version byte and the bytes.
 * @param random as many random bytes as asked for
 */
export function createSealer(key: Uint8Array | 'off', random: (bytes: number) => Uint8Array): Sealer {
  const cipherKey = key === 'off' ? undefined : derivedKey(key);
  return {
    seal(bytes, place) {
      if (!cipherKey) return Buffer.concat([Uint8Array.of(plainVersion), bytes]).toString('base64');
      const nonce = random(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', cipherKey, nonce).setAAD(placeBytes(place));
      const body = [cipher.update(bytes), cipher.final()];
      return Buffer.concat([Uint8Array.of(aesGcmVersion), nonce, cipher.getAuthTag(), ...body]).toString(
        'base64',
      );
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed, 'base64');
      if (bytes[0] === plainVersion) return bytes.subarray(1);
      if (bytes[0] !== aesGcmVersion || !cipherKey || bytes.length < 1 + nonceBytes + tagBytes)
        return undefined;
      const [nonceEnd, tagEnd] = [1 + nonceBytes, 1 + nonceBytes + tagBytes];
      const decipher = createDecipheriv('aes-256-gcm', cipherKey, bytes.subarray(1, nonceEnd))
        .setAAD(placeBytes(place))
        .setAuthTag(bytes.subarray(nonceEnd, tagEnd));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(tagEnd)), decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
}

function derivedKey(key: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, new Uint8Array(0), 'tacit dead letters', 32));
}

function placeBytes({ app, receipt, index }: SealedPlace): Buffer {
  return Buffer.from(`${app}\0${receipt}\0${String(index)}`);
}
