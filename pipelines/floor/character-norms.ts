import { ending } from './ending.ts';
import type { ReplyMeasures } from './measure-reply.ts';

/** What is usual for one character in one language. */
export interface CharacterNorms {
  readonly replies: number;
  /** Words or characters. */
  readonly medianLength: number;
  /** Median of |ln length - ln median|, times 1.4826: the standard deviation of a normal. */
  readonly lengthSpread: number;
  /** Share of replies that leave the user a question or an invitation, in percent. */
  readonly hookPercent: number;
  /** Share of replies that end with a mark, in percent. */
  readonly closedPercent: number;
  /** Share of replies with six foreign words in a row or more, in percent. */
  readonly mixedPercent: number;
  readonly medianLoopPercent: number;
  readonly medianSaidBeforePercent: number;
  /** Share of replies with unpaired marks, in percent. */
  readonly brokenMarksPercent: number;
}

/** @param measures of all replies of one character in one language; read once */
export function characterNorms(measures: Iterable<ReplyMeasures>): CharacterNorms {
  const lengths: number[] = [];
  const loops: number[] = [];
  const said: number[] = [];
  let hooks = 0;
  let closed = 0;
  let mixed = 0;
  let broken = 0;
  for (const measure of measures) {
    lengths.push(measure.length);
    loops.push(measure.loopPercent);
    said.push(measure.saidBeforePercent);
    if (measure.hook === 2) hooks += 1;
    if (measure.ending === ending.closed) closed += 1;
    if (measure.foreignWords >= 6) mixed += 1;
    if (measure.brokenMarks > 0) broken += 1;
  }
  const replies = lengths.length;
  const medianLength = medianOf(lengths);
  const distances = lengths.map((length) => Math.abs(Math.log((length + 1) / (medianLength + 1))));
  const percent = (count: number) => (replies === 0 ? 0 : (100 * count) / replies);
  return {
    replies,
    medianLength,
    lengthSpread: 1.4826 * medianOf(distances),
    hookPercent: percent(hooks),
    closedPercent: percent(closed),
    mixedPercent: percent(mixed),
    medianLoopPercent: medianOf(loops),
    medianSaidBeforePercent: medianOf(said),
    brokenMarksPercent: percent(broken),
  };
}

/** Sorts in place; 0 of none. */
function medianOf(values: number[]): number {
  values.sort((one, other) => one - other);
  const middle = values.length >> 1;
  const high = values[middle] ?? 0;
  return values.length % 2 === 1 ? high : (high + (values[middle - 1] ?? 0)) / 2;
}
