/** One reply of a probe: what a policy answered to one prompt of the fixed probe set. */
export interface ProbeSample {
  readonly promptId: string;
  readonly text: string;
  /** Of the prompt, so that it does not move with the policy (`promptLanguages`); read from the text when absent. */
  readonly language?: string;
  /** Whom the reply speaks for; separation and the reach of patterns need it. */
  readonly character?: string;
  /** popular, middle or niche; any closed set of the caller's. */
  readonly tier?: string;
  /** Bin of the turn's depth in its conversation. */
  readonly depth?: string;
  /** The previous replies of the prompt's own conversation, nearest first; the first three are read. */
  readonly context?: readonly string[];
  /** All the model was given (card and turns): what stands there is no pattern of the policy. */
  readonly prompt?: string;
  /** Names of the character and the user, masked before patterns are counted and characters told apart. */
  readonly names?: readonly string[];
  readonly finishReason?: string;
  /** Mean token entropy of the reply in nats, as the trainer measured it. */
  readonly entropy?: number;
  /** Which meaning the reply has, as an outside classifier named it; compared within a prompt only. */
  readonly cluster?: string;
}
