/** Whether two texts are the same but for white space and the way in which letters are composed (NFC). */
export function isSameText(one: string, other: string): boolean {
  return !differsEarly(one, other) && comparable(one) === comparable(other);
}

const comparable = (text: string) => text.normalize('NFC').replace(/\s+/g, ' ').trim();

/** Plain letters that differ before any sign but single spaces do so however they are composed. */
function differsEarly(one: string, other: string): boolean {
  for (let at = 0; at < one.length && at < other.length; at += 1) {
    const [code, otherCode] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (code === space && otherCode === space) continue;
    if (!isPlain(code) || !isPlain(otherCode)) return false;
    if (code !== otherCode) return true;
  }
  return false;
}

const space = 0x20;
const isPlain = (code: number) => code > 0x20 && code < 0x7f;
