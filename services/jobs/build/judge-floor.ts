import { demotedCharacters } from '../../../pipelines/floor/character-drop-rates.ts';
import type { CharacterDropCount } from '../../../pipelines/floor/character-drop-rates.ts';
import { characterNorms } from '../../../pipelines/floor/character-norms.ts';
import { defaultFloorSettings } from '../../../pipelines/floor/floor-settings.ts';
import { floorFlags } from '../../../pipelines/floor/judge-reply.ts';
import { buildKey } from './build-context.ts';
import type { BuildContext } from './build-context.ts';
import type { MeasuredCharacter } from './measure-replies.ts';
import { createRowWriter } from './row-writer.ts';

/**
 * Holds every reply against the quality floor and the norms of its character, and writes what was found. Checks of a
 * character that would drop far more than others do become warnings.
 * @returns ids of those characters
 */
export async function judgeFloor(
  context: BuildContext,
  characters: readonly MeasuredCharacter[],
): Promise<string[]> {
  const { warehouse, tally } = context;
  const judged = characters.map((character) => {
    const norms = characterNorms(character.measures);
    return {
      ...character,
      flags: character.measures.map((measures) => floorFlags(measures, norms, defaultFloorSettings)),
    };
  });
  const unlike = demotedCharacters(dropCounts(judged), defaultFloorSettings);
  const demoted = new Set(unlike.map(({ characterId }) => characterId));
  const rows = createRowWriter(warehouse, 'reply_flags', buildKey(context));
  for (const { characterId, flags, annotatorIds, turnIds } of judged) {
    for (const [index, ofReply] of flags.entries()) {
      for (const { check, level: found } of ofReply) {
        const level = demoted.has(characterId) ? 'warn' : found;
        tally.add('floor', level === 'drop' ? check : `${check} (warning)`, 1);
        await rows.add({ annotator_id: annotatorIds[index], turn_id: turnIds[index], check, level });
      }
    }
  }
  await rows.end();
  return [...demoted].sort();
}

function dropCounts(
  judged: readonly (MeasuredCharacter & { readonly flags: readonly (readonly { level: string }[])[] })[],
): CharacterDropCount[] {
  const counts = new Map<string, CharacterDropCount>();
  for (const { characterId, flags } of judged) {
    const before = counts.get(characterId) ?? { characterId, replies: 0, dropped: 0 };
    const dropped = flags.filter((ofReply) => ofReply.some(({ level }) => level === 'drop')).length;
    counts.set(characterId, {
      characterId,
      replies: before.replies + flags.length,
      dropped: before.dropped + dropped,
    });
  }
  return [...counts.values()];
}
