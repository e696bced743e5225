/** Why no model was identified. */
export const unidentifiedReasons = [
  /** No reply at all. */
  'no_replies',
  /** Every reply met with the same reaction. */
  'no_variation',
  /** Only likes, or only regenerations: one reaction cannot tell a good reply from an annotator's habit. */
  'one_kind_of_reaction',
  /** Likes and regenerations of the same replies do not go together more than chance allows. */
  'no_association',
] as const;
export type UnidentifiedReason = (typeof unidentifiedReasons)[number];

/** What holds for all annotators. Logits a unit of latent quality, which has variance 1 given floor and style. */
export interface ReactionGlobals {
  readonly likeSlope: number;
  readonly regenerateSlope: number;
  /** Standard deviation of a misperception that goes into all that a person does about a reply. */
  readonly misperception: number;
  /** Mean latent quality by floor bin; 0 for bin 0. */
  readonly floor: readonly number[];
  /** By style covariate: on latent quality, on liking and on disliking whatever the quality. */
  readonly style: readonly number[];
  readonly styleOnLike: readonly number[];
  readonly styleOnDislike: readonly number[];
  /** By how many replies were regenerated before, on like, dislike and regenerate; zeros for none. */
  readonly tries: readonly (readonly [number, number, number])[];
  /** Of the annotators' thresholds for like, dislike and regenerate. */
  readonly thresholdMeans: readonly [number, number, number];
  readonly thresholdVariances: readonly [number, number, number];
  /** P(one is chosen) = logistic of this times the difference in quality of two replies shown side by side. */
  readonly choiceSlope: number;
  /** P(a reply is rewritten) = logistic of choiceSlope times what is gained, less this. */
  readonly editCost: number;
}

export type CarelessVerdict = 'careless' | 'attentive' | 'too_little_to_judge';

export interface AnnotatorHabits {
  /** Logits of like, of dislike where not liked, of regenerate, for a reply of quality 0. */
  readonly thresholds: readonly [number, number, number];
  /** w: probability that the reactions follow quality at all. */
  readonly attentive: number;
  readonly verdict: CarelessVerdict;
  readonly replies: number;
  readonly flaggedReplies: number;
  /** Latent quality of what they were shown, by floor and style; few replies lean on what everybody was shown. */
  readonly shown: { readonly mean: number; readonly variance: number };
}

export interface ReactionFit {
  /**
   * False: the data do not tell how much reactions say. Slopes then come from the settings' assumption, wholly
   * (`assumed`) or in part; whatever is computed from them is an assumption and has to be called so.
   */
  readonly identified: boolean;
  readonly reason: UnidentifiedReason | null;
  readonly says: string;
  /** Twice the gain in log-likelihood by letting quality vary between replies of one cell: about chi-squared(1) if none. */
  readonly likelihoodRatio: number;
  /**
   * `shared`: like and regenerate have one slope, for two reactions tell its square only. `assumed`: the settings',
   * for there are no two kinds of reactions.
   */
  readonly slopes: 'shared' | 'separate' | 'assumed';
  /** `assumed`: too few choices, the slope of a choice follows from that of the reactions. */
  readonly choices: 'estimated' | 'assumed';
  readonly globals: ReactionGlobals;
  readonly careless: {
    /** False: too few flagged replies; the share is the settings' assumption. */
    readonly identified: boolean;
    readonly share: number;
    readonly counts: Readonly<Record<CarelessVerdict, number>>;
  };
  readonly annotators: ReadonlyMap<string, AnnotatorHabits>;
  /** Latent quality of all replies, by floor and style. */
  readonly shown: { readonly mean: number; readonly variance: number };
  readonly styleCovariates: readonly (readonly number[])[];
  readonly replies: number;
  readonly rounds: number;
  readonly converged: boolean;
}
