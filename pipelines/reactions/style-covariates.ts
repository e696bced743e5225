import { flatters } from './flattery.ts';

/** A small whole number: flattery none or some, times a length bin. */
export type StyleBin = number;

const lengthBins = [0, -1, 1] as const;

/** By style bin: flattery 0 or 1, and length -1 (short), 0 (usual) or 1 (long). Bin 0 is all zeros. */
export const styleCovariates: readonly (readonly number[])[] = [0, 1].flatMap((flattery) =>
  lengthBins.map((length) => [flattery, length]),
);

/** Shorter or longer than the character's median by this factor is not the usual length. */
const lengthFactor = 1.25;

/**
 * What the model needs of a reply's style: does it flatter, and is it short or long for its character.
 * @param typicalLength median length of the character's replies, as `text.length`; null when not known
 */
export function styleOfReply(text: string, typicalLength: number | null = null): StyleBin {
  const ratio = typicalLength !== null && typicalLength > 0 ? text.length / typicalLength : 1;
  const length = ratio < 1 / lengthFactor ? 1 : ratio > lengthFactor ? 2 : 0;
  return (flatters(text) ? lengthBins.length : 0) + length;
}
