import { buildKey } from './build-context.ts';
import type { BuildContext } from './build-context.ts';
import type { AnnotatorReplies, MeasuredChoice, MeasuredReplies } from './measure-range.ts';
import { overRanges } from './over-ranges.ts';
import { createRowWriter } from './row-writer.ts';
import { readTypicalLengths } from './typical-lengths.ts';

/** All replies of one character in one language, in parts. */
export type MeasuredCharacter = Pick<MeasuredReplies, 'characterId' | 'language'> & {
  readonly parts: MeasuredReplies[];
};

export interface Measured {
  readonly characters: readonly MeasuredCharacter[];
  readonly choices: readonly MeasuredChoice[];
  /** Replies that their annotators rewrote. */
  readonly editedReplies: number;
}

export const countOf = (replies: readonly AnnotatorReplies[]) =>
  replies.reduce((sum, { turnIds }) => sum + turnIds.length, 0);

/** Reads every reply shown, writes what steps after this need of it and keeps what the floor does. */
export async function measureReplies(context: BuildContext): Promise<Measured> {
  const { warehouse, asOf, tally } = context;
  const key = buildKey(context);
  const rows = createRowWriter(warehouse, 'shown_replies');
  const characters = new Map<string, MeasuredCharacter>();
  const choices: MeasuredChoice[] = [];
  let editedReplies = 0;
  const measured = overRanges(context, {
    pass: 'measure',
    facts: { key, typicalLengths: await readTypicalLengths(warehouse, asOf) },
    inputOf: (stories) => ({ stories }),
    step: 'Reading replies',
  });
  for await (const { range, output } of measured) {
    context.reader.keep(range, output.packed);
    await rows.addLines(output.shown);
    tally.addAll(output.counts);
    for (const choice of output.choices) choices.push(choice);
    for (const part of output.characters) {
      const { characterId, language } = part;
      const name = `${language} ${characterId}`;
      const character = characters.get(name) ?? { characterId, language, parts: [] };
      characters.set(name, character);
      character.parts.push(part);
      editedReplies += countOf(part.edits);
    }
  }
  await rows.end();
  return { characters: [...characters.values()], choices, editedReplies };
}
