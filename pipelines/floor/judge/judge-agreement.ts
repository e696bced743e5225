/** A reply that both have scored, 0 to 1. */
export interface ScoredTwice {
  readonly human: number;
  readonly judge: number;
}

export interface JudgeAgreement {
  readonly replies: number;
  /** Share of them on the same side of the bound. */
  readonly agreement: number;
  /** Cohen's kappa of that (doi:10.1177/001316446002000104): agreement beyond chance; 0 where one side is empty. */
  readonly kappa: number;
  /** Enough replies and enough agreement: what the judge puts below the bound may be dropped. */
  readonly mayDrop: boolean;
}

export interface AgreementSettings {
  /** Scores below it are bad. */
  readonly bound: number;
  readonly leastReplies: number;
  readonly leastKappa: number;
}

export const defaultAgreementSettings: AgreementSettings = { bound: 0.5, leastReplies: 100, leastKappa: 0.4 };

/** How far a judge agrees with people on which replies are bad. */
export function judgeAgreement(
  scores: readonly ScoredTwice[],
  { bound, leastReplies, leastKappa }: AgreementSettings,
): JudgeAgreement {
  const replies = scores.length;
  if (replies === 0) return { replies, agreement: 0, kappa: 0, mayDrop: false };
  const share = (holds: (score: ScoredTwice) => boolean) => scores.filter(holds).length / replies;
  const agreement = share(({ human, judge }) => human < bound === judge < bound);
  const humanBad = share(({ human }) => human < bound);
  const judgeBad = share(({ judge }) => judge < bound);
  const chance = humanBad * judgeBad + (1 - humanBad) * (1 - judgeBad);
  const kappa = chance === 1 ? 0 : (agreement - chance) / (1 - chance);
  return { replies, agreement, kappa, mayDrop: replies >= leastReplies && kappa >= leastKappa };
}
