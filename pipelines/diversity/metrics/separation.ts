/** A reply to tell the character of. */
export interface LabelledReply {
  readonly character: string;
  readonly promptId: string;
  readonly tokens: readonly string[];
}

const folds = 5;
const smoothing = 1;

/**
 * Separation: can the character be told from the reply? Balanced accuracy of a multinomial naive Bayes classifier on
 * words and word pairs, cross-validated with all replies to a prompt in one fold, as share of the way from chance to
 * certainty: (accuracy - 1/C) / (1 - 1/C). 1 when every reply is known by its character, about 0 when all characters
 * speak alike, at least -1 / (C - 1). Own definition; the classifier equals sklearn's MultinomialNB with uniform prior.
 *
 * @param replies names masked by the caller
 * @returns NaN with fewer than two characters of at least two prompts each
 */
export function separation(replies: readonly LabelledReply[]): number {
  const told = foldsOf(replies);
  if (told === undefined) return Number.NaN;
  const { characters, used } = told;
  const model = createModel(featuresOf(used), characters);
  used.forEach((_, i) => model.learn(i, 1));
  const hits = new Float64Array(characters);
  const all = new Float64Array(characters);
  for (let fold = 0; fold < folds; fold += 1) {
    const held = used.flatMap((each, i) => (each.fold === fold ? [i] : []));
    for (const i of held) model.learn(i, -1);
    for (const i of held) {
      const label = used[i]?.label ?? 0;
      all[label] = (all[label] as number) + 1;
      if (model.tell(i) === label) hits[label] = (hits[label] as number) + 1;
    }
    for (const i of held) model.learn(i, 1);
  }
  const accuracy = hits.reduce((sum, hit, i) => sum + hit / (all[i] as number), 0) / characters;
  return (accuracy - 1 / characters) / (1 - 1 / characters);
}

interface PlacedReply {
  readonly tokens: readonly string[];
  readonly label: number;
  readonly fold: number;
}

/** Characters with two prompts or more; each character's prompts are dealt over the folds in order. */
function foldsOf(
  replies: readonly LabelledReply[],
): { characters: number; used: readonly PlacedReply[] } | undefined {
  const prompts = new Map<string, Map<string, number>>();
  for (const { character, promptId } of replies) {
    const own = prompts.get(character) ?? new Map<string, number>();
    prompts.set(character, own);
    if (!own.has(promptId)) own.set(promptId, own.size % folds);
  }
  const several = [...prompts].filter(([, own]) => own.size >= 2);
  if (several.length < 2) return undefined;
  const labels = new Map(several.map(([character], label) => [character, label]));
  const used = replies.flatMap(({ character, promptId, tokens }) => {
    const label = labels.get(character);
    return label === undefined ? [] : { tokens, label, fold: prompts.get(character)?.get(promptId) ?? 0 };
  });
  return { characters: several.length, used };
}

/** Words and word pairs of a reply. Those that no other reply holds tell nothing and are only counted. */
interface Features {
  readonly label: number;
  /** Ids of the shared ones, as often as they occur. */
  readonly shared: Int32Array;
  readonly ownTokens: number;
  readonly ownKinds: number;
}

function featuresOf(replies: readonly PlacedReply[]): { of: Features[]; kinds: number } {
  const listed = replies.map(({ tokens }) => [
    ...tokens,
    ...tokens.slice(1).map((token, i) => `${tokens[i] ?? ''} ${token}`),
  ]);
  const holder = new Map<string, number>();
  const ids = new Map<string, number>();
  listed.forEach((features, reply) => {
    for (const feature of features) {
      const first = holder.get(feature);
      if (first === undefined) holder.set(feature, reply);
      else if (first !== reply && !ids.has(feature)) ids.set(feature, ids.size);
    }
  });
  const of = listed.map((features, reply): Features => {
    const own = features.filter((feature) => !ids.has(feature));
    return {
      label: replies[reply]?.label ?? 0,
      shared: Int32Array.from(features.flatMap((feature) => ids.get(feature) ?? [])),
      ownTokens: own.length,
      ownKinds: new Set(own).size,
    };
  });
  return { of, kinds: ids.size };
}

/** Naive Bayes with Laplace smoothing over the features learned, all characters equally likely. */
function createModel({ of, kinds }: { of: readonly Features[]; kinds: number }, characters: number) {
  const counts = new Int32Array(kinds * characters);
  const held = new Int32Array(kinds);
  const totals = new Float64Array(characters);
  let vocabulary = 0;
  const logs: number[] = [];
  const logOf = (count: number) => (logs[count] ??= Math.log(count + smoothing));
  return {
    /** @param sign 1 to learn a reply, -1 to forget it */
    learn(i: number, sign: 1 | -1): void {
      const { label, shared, ownTokens, ownKinds } = of[i] as Features;
      for (const feature of shared) {
        const at = feature * characters + label;
        counts[at] = (counts[at] as number) + sign;
        const before = held[feature] as number;
        held[feature] = before + sign;
        if (before === 0 || before + sign === 0) vocabulary += sign;
      }
      totals[label] = (totals[label] as number) + sign * (shared.length + ownTokens);
      vocabulary += sign * ownKinds;
    },
    /** The likeliest character, the first of several. */
    tell(i: number): number {
      const scores = new Float64Array(characters);
      let known = 0;
      for (const feature of (of[i] as Features).shared) {
        if (held[feature] === 0) continue;
        known += 1;
        for (let label = 0; label < characters; label += 1)
          scores[label] = (scores[label] as number) + logOf(counts[feature * characters + label] as number);
      }
      totals.forEach((total, label) => {
        scores[label] = (scores[label] as number) - known * Math.log(total + smoothing * vocabulary);
      });
      return scores.indexOf(Math.max(...scores));
    },
  };
}
