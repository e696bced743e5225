/**
 * Framing of one appended group of records as one value of the embedded log. All texts of the group are written, and
 * read back, as one string: lengths are UTF-16 units, so a record costs two slices and no buffer of its own.
 *
 * Layout, little endian: u8 format, u8 encoding, u16 count of types, u32 count of records, f64 appended (ms since the
 * epoch); a record's u32 key length, type index, version, value length; a type's u32 length; then the text: types,
 * and key and value of each record.
 */
import type { NewRecord, StoredRecord } from './event-log.ts';

const format = 1;
const ascii = 0;
const utf8 = 1;
const headerBytes = 16;
const recordBytes = 16;

/** Frames `records[from..to)`. */
export function encodeGroup(
  records: readonly NewRecord[],
  from: number,
  to: number,
  appendedMs: number,
): Buffer {
  const count = to - from;
  const types: string[] = [];
  const table = new Uint32Array(count * 4);
  let text = '';
  for (let i = from, t = 0; i < to; i += 1, t += 4) {
    const { key, type, version, value } = records[i] as NewRecord;
    let typeIndex = types.indexOf(type);
    if (typeIndex < 0) typeIndex = types.push(type) - 1;
    table[t] = key.length;
    table[t + 1] = typeIndex;
    table[t + 2] = version;
    table[t + 3] = value.length;
    text += key;
    text += value;
  }
  text = types.join('') + text;
  const textStart = headerBytes + count * recordBytes + types.length * 4;
  const textBytes = Buffer.byteLength(text);
  const encoding = textBytes === text.length ? ascii : utf8;
  const group = Buffer.allocUnsafeSlow(textStart + textBytes);
  group[0] = format;
  group[1] = encoding;
  group.writeUInt16LE(types.length, 2);
  group.writeUInt32LE(count, 4);
  group.writeDoubleLE(appendedMs, 8);
  group.set(new Uint8Array(table.buffer), headerBytes);
  let at = headerBytes + table.byteLength;
  for (const type of types) at = group.writeUInt32LE(type.length, at);
  group.write(text, textStart, encoding === ascii ? 'latin1' : 'utf8');
  return group;
}

export function groupCount(group: Buffer): number {
  return group.readUInt32LE(4);
}

/** When the group was appended: milliseconds since the epoch. */
export function groupAppendedMs(group: Buffer): number {
  return group.readDoubleLE(8);
}

/** Reads at most `limit` records from the `skip`-th on into `into`; `firstOffset` is the offset of the group's first. */
export function decodeGroup(
  group: Buffer,
  firstOffset: number,
  skip: number,
  limit: number,
  into: StoredRecord[],
): void {
  if (group[0] !== format) throw new Error(`unknown format ${String(group[0])} of a group of records`);
  const typeCount = group.readUInt16LE(2);
  const count = groupCount(group);
  const typesStart = headerBytes + count * recordBytes;
  const textStart = typesStart + typeCount * 4;
  const text = group.toString(group[1] === ascii ? 'latin1' : 'utf8', textStart);
  const types: string[] = [];
  let cursor = 0;
  for (let i = 0; i < typeCount; i += 1) {
    const length = group.readUInt32LE(typesStart + i * 4);
    types.push(text.slice(cursor, cursor + length));
    cursor += length;
  }
  const end = Math.min(count, skip + limit);
  for (let i = 0, at = headerBytes; i < end; i += 1, at += recordBytes) {
    const keyEnd = cursor + group.readUInt32LE(at);
    const valueEnd = keyEnd + group.readUInt32LE(at + 12);
    if (i >= skip) {
      into.push({
        offset: firstOffset + i,
        key: text.slice(cursor, keyEnd),
        type: types[group.readUInt32LE(at + 4)] ?? '',
        version: group.readUInt32LE(at + 8),
        value: text.slice(keyEnd, valueEnd),
      });
    }
    cursor = valueEnd;
  }
}
