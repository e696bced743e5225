import type { Annotator } from './world-annotators.ts';
import type { Character } from './texts/characters.ts';
import type { Defect } from './texts/defects.ts';
import type { Daypart } from './world-settings.ts';

/** A reply with what nobody outside the world may know. */
export interface PlannedReply {
  kind: 'reply';
  atMs: number;
  turnId: string;
  parentTurnId: string | null;
  /** Standard normal for clean replies of the first model version; defects take from it. */
  quality: number;
  defects: readonly Defect[];
  flattering: boolean;
  sentences: number;
  greeting: boolean;
  modelVersion: string;
  latencyMs: number;
  /** The reply shown before it in the session. */
  previousTurnId: string | undefined;
}

/** One thing that happens in a session, at a true time. */
export type Deed =
  | PlannedReply
  | { kind: 'system'; atMs: number; turnId: string }
  | { kind: 'user'; atMs: number; turnId: string; parentTurnId: string | null }
  | { kind: 'regenerate'; atMs: number; turnId: string; replacementTurnId: string | undefined }
  | { kind: 'like'; atMs: number; turnId: string; value: 1 | -1 | 0 }
  | { kind: 'choose'; atMs: number; turnId: string; over: string[] }
  | { kind: 'edit'; atMs: number; turnId: string }
  | { kind: 'duration'; atMs: number; totalMs: number; activeMs: number; ended: boolean }
  | { kind: 'retract'; atMs: number; turnId: string };

/** A session as it truly goes, before any text is written and any event is sent. */
export interface SessionPlan {
  /** Seeds what is drawn later about the session. */
  key: string;
  annotatorIndex: number;
  annotator: Annotator;
  character: Character;
  sessionId: string;
  conversationId: string;
  startMs: number;
  daypart: Daypart;
  weekend: boolean;
  /** In order of time; the order within a tie is the order of the list. */
  deeds: readonly Deed[];
  /** When the last turn, regeneration or duration happened. */
  endMs: number;
  /** When the annotator stopped: a tab may stay open long after. */
  leftMs: number;
  /** Where the conversation can be taken up again. */
  tailTurnId: string | null;
  /** The part of the metric that no signal explains, and when it is measured; undefined when it never is. */
  metric: { atMs: number; noise: number } | undefined;
}
