/**
 * What a reply may fail at, and the dimension of Role-Play Bench (MiniMaxAI/role-play-bench, card of commit 3c1be2a)
 * under which its judges would deduct it.
 */
export const floorChecks = {
  mixed_language: 'worlds_basics',
  garbled: 'worlds_basics',
  truncated: 'worlds_basics',
  broken_markup: 'worlds_basics',
  breaks_character: 'worlds_logic',
  repetition: 'stories_diversity',
  repeats_previous: 'stories_diversity',
  low_information: 'stories_content_logic',
  length_drift: 'stories_content_logic',
  no_hook: 'preferences_interaction',
  speaks_for_user: 'preferences_interaction',
  refusal: 'preferences_interaction',
} as const;

export type FloorCheck = keyof typeof floorChecks;

export type FloorDimension = (typeof floorChecks)[FloorCheck];

/** `drop` keeps a reply from being chosen; `warn` is counted and shown, and nothing else. */
export type FloorLevel = 'drop' | 'warn';

export interface FloorFlag {
  readonly check: FloorCheck;
  readonly level: FloorLevel;
}
