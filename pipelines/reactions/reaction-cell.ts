/** Replies regenerated before one, beyond which they are not told apart. */
export const mostTries = 3;

/** What is known of a reply: where it stood, how it looked, and what its annotator did. */
export interface ReplyReaction {
  /** Floor bin: 0 clean, 1 flagged; with judge scores further bins, the higher the worse or the better, as they come. */
  readonly floor: number;
  /** Style bin, an index into `styleCovariates`. */
  readonly style: number;
  /** How many replies in its place the annotator had regenerated before it: 0 to `mostTries`, which stands for more too. */
  readonly tries: number;
  /** Last value of explicit feedback, 0 for none. */
  readonly like: -1 | 0 | 1;
  /**
   * True: another reply was asked for. False: a user turn follows. Null: neither, for the session ended there, or the
   * question did not arise: the reply answers no user turn (a greeting) or stood side by side with another.
   */
  readonly regenerated: boolean | null;
}

/** Replies of one annotator that are alike in everything the model sees, counted. */
export interface ReactionCell extends ReplyReaction {
  readonly annotator: string;
  readonly count: number;
}

/** Choices of one annotator between replies shown side by side: which kind was taken over which, counted. */
export interface ChoiceCell {
  readonly annotator: string;
  readonly chosen: ReplyReaction;
  readonly passed: ReplyReaction;
  readonly count: number;
}

/** Deeds that speak of two texts together. */
export interface JointDeeds {
  readonly choices: readonly ChoiceCell[];
  /** How many of the replies were rewritten by their annotator. */
  readonly editedReplies: number;
}
