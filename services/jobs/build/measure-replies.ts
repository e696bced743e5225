import { characterCardFromText } from '../../../pipelines/floor/character-card.ts';
import type { CharacterCard } from '../../../pipelines/floor/character-card.ts';
import { measureReply } from '../../../pipelines/floor/measure-reply.ts';
import type { ReplyMeasures } from '../../../pipelines/floor/measure-reply.ts';
import { replyLanguage } from '../../../pipelines/floor/reply-language.ts';
import { historyFromEvents } from '../../../pipelines/pairs/history.ts';
import type { History } from '../../../pipelines/pairs/history.ts';
import { alternativesOf } from '../../../pipelines/pairs/comparisons.ts';
import { consentFault } from '../../../pipelines/pairs/pairs-from-history.ts';
import { shownReplies } from '../../../pipelines/pairs/shown-reply.ts';
import type { ShownReply } from '../../../pipelines/pairs/shown-reply.ts';
import { styleOfReply } from '../../../pipelines/reactions/style-covariates.ts';
import { buildKey } from './build-context.ts';
import type { BuildContext } from './build-context.ts';
import { createRowWriter } from './row-writer.ts';
import { readTypicalLengths } from './typical-lengths.ts';

/** All replies of one character in one language: what the floor needs of them, without a text. */
export interface MeasuredCharacter {
  readonly characterId: string;
  readonly language: string;
  readonly measures: ReplyMeasures[];
  /** Alongside. */
  readonly annotatorIds: string[];
  readonly turnIds: string[];
}

export interface MeasuredReplies {
  readonly characters: readonly MeasuredCharacter[];
  readonly choices: readonly MeasuredChoice[];
  /** Replies that their annotators rewrote. */
  readonly editedReplies: number;
}

/** A choice between two alternatives that stood side by side. */
export interface MeasuredChoice {
  readonly annotatorId: string;
  readonly chosenTurnId: string;
  readonly passedTurnId: string;
}

/**
 * The first pass over all texts: one narrow row for each reply shown, and its measures by character. People who did
 * not allow training are not read.
 */
export async function measureReplies(context: BuildContext): Promise<MeasuredReplies> {
  const { warehouse, asOf, reader, tally, onProgress } = context;
  const typicalLengthOf = await readTypicalLengths(warehouse, asOf);
  const rows = createRowWriter(warehouse, 'shown_replies', buildKey(context));
  const characters = new Map<string, MeasuredCharacter>();
  const choices: MeasuredChoice[] = [];
  let editedReplies = 0;
  const cards = new Map<string, CharacterCard>();
  const cardOf = (text: string) => {
    const card = cards.get(text) ?? characterCardFromText(text);
    cards.set(text, card);
    return card;
  };

  for await (const { stories, done, total } of reader.ranges()) {
    cards.clear();
    for (const story of stories) {
      const history = historyFromEvents(story);
      const refused = consentFault(history);
      if (refused) {
        tally.add('reply', refused, history.replies.length);
        continue;
      }
      const shown = shownReplies(history);
      tally.add('reply', 'shown', shown.length);
      tally.add('reply', 'retracted', history.replies.length - shown.length);
      choices.push(...choicesOf(history));
      editedReplies += shown.filter(({ reply }) =>
        reply.bubbles.some(({ edits }) => edits.length > 0),
      ).length;
      for (const reply of shown) {
        const card = cardOf(reply.surroundings.cardText);
        const measures = measureReply(floorInput(reply, card));
        const language = languageNames[measures.language] ?? 'unknown';
        const { character_id } = reply.reply.bubbles[0].event;
        await rows.add(rowFromShown(reply, history.annotatorId, language, typicalLengthOf(character_id)));
        const measured = characterIn(characters, character_id, language);
        measured.measures.push(measures);
        measured.annotatorIds.push(history.annotatorId);
        measured.turnIds.push(reply.turnId);
      }
    }
    onProgress('Reading replies', done, total);
  }
  await rows.end();
  return { characters: [...characters.values()], choices, editedReplies };
}

function choicesOf({ annotatorId, choices, replyOf }: History): MeasuredChoice[] {
  return choices.flatMap(({ turnId, over }) =>
    over.flatMap((otherId) => {
      const [chosen, passed] = [replyOf.get(turnId), replyOf.get(otherId)];
      if (!chosen || !passed || chosen === passed || alternativesOf(chosen) !== alternativesOf(passed))
        return [];
      return [{ annotatorId, chosenTurnId: chosen.bubbles[0].id, passedTurnId: passed.bubbles[0].id }];
    }),
  );
}

const languageNames = Object.keys(replyLanguage);

function characterIn(characters: Map<string, MeasuredCharacter>, characterId: string, language: string) {
  const key = `${language} ${characterId}`;
  const character = characters.get(key) ?? {
    ...{ characterId, language },
    ...{ measures: [], annotatorIds: [], turnIds: [] },
  };
  characters.set(key, character);
  return character;
}

function floorInput({ reply, text, surroundings }: ShownReply, card: CharacterCard) {
  const { previousReplies, userText } = surroundings.nearest();
  const finishReason = reply.bubbles.at(-1)?.event.finish_reason ?? '';
  return { text, finishReason, previousReplies, userText, card };
}

function rowFromShown(shown: ShownReply, annotator_id: string, language: string, typical: number | null) {
  const { event } = shown.reply.bubbles[0];
  return {
    annotator_id,
    turn_id: shown.turnId,
    session_id: event.session_id,
    group_id: shown.groupId,
    alternative_index: shown.alternativeIndex,
    alternatives: shown.alternatives,
    character_id: event.character_id,
    language,
    model_version: event.model_version,
    day_number: event.day_number,
    user_turns: shown.surroundings.userTurns,
    length_chars: shown.text.length,
    style: styleOfReply(shown.text, typical),
    replaced: shown.replaced,
    side_by_side: shown.sideBySide,
    liked: shown.liked,
    regenerated: shown.regenerated === null ? -1 : Number(shown.regenerated),
  };
}
