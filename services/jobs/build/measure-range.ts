import { characterCardFromText } from '../../../pipelines/floor/character-card.ts';
import type { CharacterCard } from '../../../pipelines/floor/character-card.ts';
import { measureReply } from '../../../pipelines/floor/measure-reply.ts';
import type { ReplyMeasures } from '../../../pipelines/floor/measure-reply.ts';
import { packedMeasures } from '../../../pipelines/floor/packed-measures.ts';
import { replyLanguage } from '../../../pipelines/floor/reply-language.ts';
import { alternativesOf } from '../../../pipelines/pairs/comparisons.ts';
import { historyFromEvents } from '../../../pipelines/pairs/history.ts';
import type { History } from '../../../pipelines/pairs/history.ts';
import { consentFault, editedText } from '../../../pipelines/pairs/pairs-from-history.ts';
import { shownReplies } from '../../../pipelines/pairs/shown-reply.ts';
import type { ShownReply } from '../../../pipelines/pairs/shown-reply.ts';
import { eventsOfStory } from '../../../pipelines/pairs/story.ts';
import type { Story } from '../../../pipelines/pairs/story.ts';
import { mostTries } from '../../../pipelines/reactions/reaction-cell.ts';
import { styleOfReply } from '../../../pipelines/reactions/style-covariates.ts';
import type { FunnelEntry } from '../../../schemas/build-report.ts';
import { createRowLines } from './row-writer.ts';
import type { RowLines } from './row-writer.ts';
import { createTally } from './tally.ts';

export interface MeasureFacts {
  /** Columns that name the build. */
  readonly key: object;
  /** Median characters of a character's replies. */
  readonly typicalLengths: ReadonlyMap<string, number>;
}

/** Replies of one annotator, by their first turns. */
export interface AnnotatorReplies {
  readonly annotatorId: string;
  readonly turnIds: string[];
}

/** Replies of one character in one language: what the floor needs of them, without a text. */
export interface MeasuredReplies {
  readonly characterId: string;
  readonly language: string;
  /** Packed, in the order of the replies. */
  readonly measures: Int32Array;
  readonly replies: readonly AnnotatorReplies[];
  /** The same of what annotators made of replies. */
  readonly editMeasures: Int32Array;
  readonly edits: readonly AnnotatorReplies[];
}

/** A choice between two alternatives that stood side by side. */
export interface MeasuredChoice {
  readonly annotatorId: string;
  readonly chosenTurnId: string;
  readonly passedTurnId: string;
}

export interface MeasuredRange {
  /** Of table `shown_replies`. */
  readonly shown: RowLines;
  readonly characters: readonly MeasuredReplies[];
  readonly choices: readonly MeasuredChoice[];
  readonly counts: readonly FunnelEntry[];
}

/**
 * The first pass over texts: one narrow row for each reply shown, and its measures by character. People who did not
 * allow training are not read.
 */
export function createMeasureWork({ key, typicalLengths }: MeasureFacts) {
  return (stories: Iterable<Story>): MeasuredRange => {
    const tally = createTally();
    const rows = createRowLines(key);
    const characters = new Map<string, GatheredReplies>();
    const choices: MeasuredChoice[] = [];
    const cards = new Map<string, CharacterCard>();
    for (const story of stories) {
      const history = historyFromEvents(eventsOfStory(story));
      const refused = consentFault(history);
      if (refused) {
        tally.add('reply', refused, history.replies.length);
        continue;
      }
      const { annotatorId } = history;
      const shown = shownReplies(history);
      tally.add('reply', 'shown', shown.length);
      tally.add('reply', 'retracted', history.replies.length - shown.length);
      choices.push(...choicesOf(history));
      for (const reply of shown) {
        const { cardText } = reply.surroundings;
        const card = cards.get(cardText) ?? characterCardFromText(cardText);
        cards.set(cardText, card);
        const input = floorInput(reply, card);
        const measures = measureReply(input);
        const language = languageNames[measures.language] ?? 'unknown';
        const { character_id } = reply.reply.bubbles[0].event;
        rows.add(rowFromShown(reply, annotatorId, language, typicalLengths.get(character_id) ?? null));
        const gathered = gatheredIn(characters, character_id, language);
        gathered.measures.push(measures);
        addName(gathered.replies, annotatorId, reply.turnId);
        const edited = editedText(reply.reply);
        if (edited === null) continue;
        gathered.editMeasures.push(measureReply({ ...input, text: edited, finishReason: '' }));
        addName(gathered.edits, annotatorId, reply.turnId);
      }
    }
    return {
      shown: rows.lines(),
      characters: [...characters.values()].map(({ measures, editMeasures, ...rest }) => ({
        ...rest,
        measures: packedMeasures(measures),
        editMeasures: packedMeasures(editMeasures),
      })),
      choices,
      counts: tally.funnel(),
    };
  };
}

interface GatheredReplies {
  readonly characterId: string;
  readonly language: string;
  readonly measures: ReplyMeasures[];
  readonly replies: AnnotatorReplies[];
  readonly editMeasures: ReplyMeasures[];
  readonly edits: AnnotatorReplies[];
}

function addName(replies: AnnotatorReplies[], annotatorId: string, turnId: string): void {
  const last = replies.at(-1);
  if (last?.annotatorId === annotatorId) last.turnIds.push(turnId);
  else replies.push({ annotatorId, turnIds: [turnId] });
}

function gatheredIn(characters: Map<string, GatheredReplies>, characterId: string, language: string) {
  const key = `${language} ${characterId}`;
  const gathered = characters.get(key) ?? {
    ...{ characterId, language },
    ...{ measures: [], replies: [], editMeasures: [], edits: [] },
  };
  characters.set(key, gathered);
  return gathered;
}

const languageNames = Object.keys(replyLanguage);

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
    replaced: shown.tries > 0,
    tries: Math.min(mostTries, shown.tries),
    side_by_side: shown.sideBySide,
    liked: shown.liked,
    regenerated: shown.regenerated === null ? -1 : Number(shown.regenerated),
  };
}
