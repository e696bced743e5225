const shape = '00000000-0000-0000-0000-000000000000';
const [dash, digit] = [1, 2];

/** What each character is, by its code. */
const kindOfCode = new Uint8Array(128);
for (const character of '0123456789abcdefABCDEF') kindOfCode[character.charCodeAt(0)] = digit;
kindOfCode['-'.charCodeAt(0)] = dash;
const kindAt = Uint8Array.from(shape, (character) => (character === '-' ? dash : digit));

/** Whether a value is the text of a UUID of any version, in either case. */
export function isGuid(value: unknown): value is string {
  if (typeof value !== 'string' || value.length !== shape.length) return false;
  for (let at = 0; at < shape.length; at++) {
    if (kindOfCode[value.charCodeAt(at)] !== kindAt[at]) return false;
  }
  return true;
}
