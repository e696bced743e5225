import type { ExplainedReply, PairExplanation } from '../../schemas/pair-explanation.ts';

/** A pair's evidence in plain words, a sentence or two each. */
export function wordsOfPair(pair: Omit<PairExplanation, 'says'>): string[] {
  const { sources, annotator, chosen, rejected, p, delta, std_error, weight, split } = pair;
  return [
    `The annotator put the first reply above the second: ${sources.map((source) => deedWords[source] ?? source).join('; ')}.`,
    wordsOfReply('The chosen reply', chosen, pair.source === 'edit'),
    wordsOfReply('The rejected reply', rejected, false),
    `This annotator was shown ${String(annotator.replies)} replies. Of a middling one they like ${percent(annotator.like_rate)}, dislike ${percent(annotator.dislike_rate)} of the rest, and ask for another instead of ${percent(annotator.regenerate_rate)}.`,
    trustWords(annotator),
    `All in all the chance that the chosen reply is the better one is ${percent(p)}: it is ahead by ${delta.toFixed(2)} standard deviations of quality, give or take ${std_error.toFixed(2)}.`,
    `The row stands on the ${split} side and weighs ${weight.toFixed(2)} of an average row.`,
  ];
}

const deedWords: Readonly<Record<string, string>> = {
  choose: 'of replies shown side by side they picked it',
  edit: 'they rewrote the second into the first',
  like: 'they liked it and disliked the other',
  regenerate: 'they asked for another reply instead of the second, and went on with the first',
};

function wordsOfReply(name: string, { flags, reward, steps }: ExplainedReply, isEdit: boolean): string {
  if (isEdit) return `${name} is what the annotator wrote themselves; nobody has reacted to it.`;
  const found = flags.map(({ check, level }) => `${check.replaceAll('_', ' ')} (${level})`);
  const floor = found.length === 0 ? '' : ` The quality floor found: ${found.join(', ')}.`;
  const counted = steps.map(({ because, counts }) => `${because} (${signed(counts)})`).join(', ');
  return `${name} has a reward of ${signed(reward)}, because ${counted}.${floor}`;
}

function trustWords({ trust, verdict, flagged_replies }: PairExplanation['annotator']): string {
  if (verdict === 'careless') {
    return `Their reactions do not follow quality: among ${String(flagged_replies)} replies below the floor they behaved as with any other. They count for ${percent(trust)}.`;
  }
  if (verdict === 'attentive') {
    return `Their reactions follow quality, as ${String(flagged_replies)} replies below the floor show: they count for ${percent(trust)}.`;
  }
  return `Whether their reactions follow quality cannot be judged, with ${String(flagged_replies)} replies below the floor: they count for ${percent(trust)}, about as anybody's.`;
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
