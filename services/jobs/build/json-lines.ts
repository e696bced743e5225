/**
 * Rows one after the other, each read when its turn comes: what was made of the one before is garbage by then.
 * @param lines rows as JSON lines in UTF-8
 */
export function* rowsFromLines<Row>({ buffer, byteOffset, byteLength }: Uint8Array): Generator<Row> {
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(lineBreak, from);
    const to = end === -1 ? bytes.length : end;
    if (to > from) yield JSON.parse(bytes.toString('utf8', from, to)) as Row;
    from = to + 1;
  }
}

/** Cuts JSON lines between lines. @param bytesOfPart what a part has at most, unless one line is longer */
export function partsOfLines(lines: Uint8Array, bytesOfPart: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let from = 0; from < lines.length;) {
    const within = lines.lastIndexOf(lineBreak, from + bytesOfPart - 1);
    const last = within > from ? within : lines.indexOf(lineBreak, from);
    const to = from + bytesOfPart >= lines.length || last === -1 ? lines.length : last + 1;
    parts.push(new Uint8Array(lines.subarray(from, to)));
    from = to;
  }
  return parts;
}

const lineBreak = 0x0a;
