import type { ReplyMeasures } from './measure-reply.ts';

const isPacked: Readonly<Record<keyof ReplyMeasures, true>> = {
  language: true,
  length: true,
  isVerse: true,
  isNarrator: true,
  isSilent: true,
  foreignWords: true,
  debris: true,
  hasLeftover: true,
  letterSurprise: true,
  characterDisorder: true,
  finish: true,
  ending: true,
  brokenMarks: true,
  brokenBrackets: true,
  disclaims: true,
  refusalMarks: true,
  speaksForUser: true,
  hook: true,
  isFiller: true,
  loopWords: true,
  loopCopies: true,
  loopPercent: true,
  recurringPercent: true,
  saidBeforePercent: true,
};
const fields = Object.keys(isPacked) as readonly (keyof ReplyMeasures)[];

/** Measures of many replies one after the other, a fifth of the memory of as many objects. */
export function packedMeasures(measures: readonly ReplyMeasures[]): Int32Array {
  const packed = new Int32Array(measures.length * fields.length);
  for (const [reply, ofReply] of measures.entries()) {
    for (const [at, field] of fields.entries()) packed[reply * fields.length + at] = ofReply[field];
  }
  return packed;
}

/** @param packed by `packedMeasures` */
export function* measuresFromPacked(packed: Int32Array): Generator<ReplyMeasures> {
  for (let from = 0; from < packed.length; from += fields.length) yield measuresAt(packed, from);
}

/** Field by field: a loop over names takes ten times as long. */
function measuresAt(packed: Int32Array, from: number): ReplyMeasures {
  const at = (field: number) => packed[from + field] ?? 0;
  const measures: Record<keyof ReplyMeasures, number> = {
    language: at(0),
    length: at(1),
    isVerse: at(2),
    isNarrator: at(3),
    isSilent: at(4),
    foreignWords: at(5),
    debris: at(6),
    hasLeftover: at(7),
    letterSurprise: at(8),
    characterDisorder: at(9),
    finish: at(10),
    ending: at(11),
    brokenMarks: at(12),
    brokenBrackets: at(13),
    disclaims: at(14),
    refusalMarks: at(15),
    speaksForUser: at(16),
    hook: at(17),
    isFiller: at(18),
    loopWords: at(19),
    loopCopies: at(20),
    loopPercent: at(21),
    recurringPercent: at(22),
    saidBeforePercent: at(23),
  };
  return measures as ReplyMeasures;
}
