import { demotedCharacters } from '../../../pipelines/floor/character-drop-rates.ts';
import type { CharacterDropCount } from '../../../pipelines/floor/character-drop-rates.ts';
import { characterNorms } from '../../../pipelines/floor/character-norms.ts';
import type { CharacterNorms } from '../../../pipelines/floor/character-norms.ts';
import type { FloorFlag } from '../../../pipelines/floor/floor-checks.ts';
import { defaultFloorSettings } from '../../../pipelines/floor/floor-settings.ts';
import { floorFlags } from '../../../pipelines/floor/judge-reply.ts';
import { measuresFromPacked } from '../../../pipelines/floor/packed-measures.ts';
import { buildKey } from './build-context.ts';
import type { BuildContext } from './build-context.ts';
import type { AnnotatorReplies } from './measure-range.ts';
import { countOf } from './measure-replies.ts';
import type { MeasuredCharacter } from './measure-replies.ts';
import { createRowWriter } from './row-writer.ts';

export interface FloorVerdict {
  /** Ids of characters whose checks only warn. */
  readonly demoted: string[];
  /** Replies, as `replyKey` names them, whose last edit is below the floor. */
  readonly editsBelow: ReadonlySet<string>;
}

/** Names a reply by its annotator and its first turn. */
export const replyKey = (annotatorId: string, turnId: string) => JSON.stringify([annotatorId, turnId]);

interface FlaggedReply {
  readonly annotatorId: string;
  readonly turnId: string;
  readonly flags: readonly FloorFlag[];
}

/**
 * Holds every reply, and what annotators made of some, against the quality floor and the norms of its character, and
 * writes what was found of replies. Checks of a character that would drop far more than others do become warnings.
 */
export async function judgeFloor(
  context: BuildContext,
  characters: readonly MeasuredCharacter[],
): Promise<FloorVerdict> {
  const { warehouse, tally } = context;
  const judged = characters.map(({ characterId, parts }) => {
    const norms = characterNorms(measuresOf(parts));
    return {
      characterId,
      replies: parts.reduce((sum, { replies }) => sum + countOf(replies), 0),
      flagged: parts.flatMap(({ replies, measures }) => flaggedOf(replies, measures, norms)),
      flaggedEdits: parts.flatMap(({ edits, editMeasures }) => flaggedOf(edits, editMeasures, norms)),
    };
  });
  const unlike = demotedCharacters(dropCounts(judged), defaultFloorSettings);
  const demoted = new Set(unlike.map(({ characterId }) => characterId));
  const editsBelow = new Set<string>();
  const rows = createRowWriter(warehouse, 'reply_flags', buildKey(context));
  for (const { characterId, flagged, flaggedEdits } of judged) {
    for (const { annotatorId, turnId, flags } of flagged) {
      for (const { check, level: found } of flags) {
        const level = demoted.has(characterId) ? 'warn' : found;
        tally.add('floor', level === 'drop' ? check : `${check} (warning)`, 1);
        await rows.add({ annotator_id: annotatorId, turn_id: turnId, check, level });
      }
    }
    if (demoted.has(characterId)) continue;
    for (const { annotatorId, turnId } of flaggedEdits.filter(isDropped))
      editsBelow.add(replyKey(annotatorId, turnId));
  }
  await rows.end();
  return { demoted: [...demoted].sort(), editsBelow };
}

function* measuresOf(parts: MeasuredCharacter['parts']) {
  for (const { measures } of parts) yield* measuresFromPacked(measures);
}

function flaggedOf(
  replies: readonly AnnotatorReplies[],
  packed: Int32Array,
  norms: CharacterNorms,
): FlaggedReply[] {
  const flagged: FlaggedReply[] = [];
  const measures = measuresFromPacked(packed);
  for (const { annotatorId, turnIds } of replies) {
    for (const turnId of turnIds) {
      const ofReply = measures.next();
      if (ofReply.done) return flagged;
      const flags = floorFlags(ofReply.value, norms, defaultFloorSettings);
      if (flags.length > 0) flagged.push({ annotatorId, turnId, flags });
    }
  }
  return flagged;
}

const isDropped = ({ flags }: FlaggedReply) => flags.some(({ level }) => level === 'drop');

function dropCounts(
  judged: readonly { characterId: string; replies: number; flagged: readonly FlaggedReply[] }[],
): CharacterDropCount[] {
  const counts = new Map<string, CharacterDropCount>();
  for (const { characterId, replies, flagged } of judged) {
    const before = counts.get(characterId) ?? { characterId, replies: 0, dropped: 0 };
    counts.set(characterId, {
      characterId,
      replies: before.replies + replies,
      dropped: before.dropped + flagged.filter(isDropped).length,
    });
  }
  return [...counts.values()];
}
