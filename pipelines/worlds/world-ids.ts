import type { Random } from '../maths/random.ts';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const hexPairs = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** Random letters and digits, five bits each. */
export function idText(random: Random, length: number): string {
  let text = '';
  let bits = 0;
  for (let i = 0; i < length; i += 1) {
    if (i % 6 === 0) bits = random.uint32();
    text += alphabet.charAt(bits & 31);
    bits >>>= 5;
  }
  return text;
}

/** A UUID of version 7 (RFC 9562): ordered by time, otherwise random. @param ms milliseconds since the epoch */
export function uuidFromTime(ms: number, random: Random): string {
  const high = Math.floor(ms / 0x10000);
  const [a, b, c] = [random.uint32(), random.uint32(), random.uint32()];
  const pair = (word: number, shift: number) => hexPairs[(word >>> shift) & 255] ?? '';
  const time = `${pair(high, 24)}${pair(high, 16)}${pair(high, 8)}${pair(high, 0)}`;
  const version = `${pair(((a >>> 24) & 15) | 0x70, 0)}${pair(a, 16)}`;
  const variant = `${pair(((a >>> 8) & 63) | 0x80, 0)}${pair(a, 0)}`;
  const tail = `${pair(b, 24)}${pair(b, 16)}${pair(b, 8)}${pair(b, 0)}${pair(c, 24)}${pair(c, 16)}`;
  return `${time}-${pair(ms % 0x10000, 8)}${pair(ms % 0x10000, 0)}-${version}-${variant}-${tail}`;
}
