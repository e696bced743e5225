import type { Character } from './characters.ts';
import type { Defect } from './defects.ts';

/** What a reply is to be. */
export interface ReplySpec {
  character: Character;
  /** About how many sentences. */
  sentences: number;
  flattering: boolean;
  greeting: boolean;
  defects: readonly Defect[];
  /** What the character said just before. */
  previous: string | undefined;
}
