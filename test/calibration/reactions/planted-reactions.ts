import { normalCdf } from '../../../pipelines/maths/distributions.ts';
import { drawBernoulli, drawIndex, drawLogNormal, drawNormal } from '../../../pipelines/maths/draws.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import type { Random } from '../../../pipelines/maths/random.ts';
import { mostTries } from '../../../pipelines/reactions/reaction-cell.ts';
import type { JudgedReply, JudgedWorld, SiblingPair } from './judged-reply.ts';

/** From how much an annotator wants to do something to how probable it is. */
const links = {
  logistic: (x: number) => 1 / (1 + Math.exp(-x)),
  probit: (x: number) => normalCdf(x / 1.7),
  /** Heavy tails: people do the odd thing more often than a logistic lets them. */
  lapses: (x: number) => 0.03 + 0.94 / (1 + Math.exp(-1.3 * x)),
  /** Nothing until it is bad enough, then soon. */
  cloglog: (x: number) => 1 - Math.exp(-Math.exp(Math.min(0.7 * x - 0.37, 20))),
};

export interface PlantedTruth {
  readonly seed: string;
  readonly annotators: number;
  /** Median of user turns an annotator; they differ by a log-normal of sd .6. */
  readonly turns: number;
  readonly link: keyof typeof links;
  /** Of like and dislike, and of regenerate, on the quality that is perceived. */
  readonly likeSlope: number;
  readonly regenerateSlope: number;
  /** Standard deviation of the logarithm of an annotator's own slope. */
  readonly slopeSpread: number;
  /** Standard deviation of what an annotator sees in a reply that nobody else sees; part of its quality to them. */
  readonly whim: number;
  /** Standard deviation of an error of perception that goes into all that an annotator does about a reply. */
  readonly misperception: number;
  readonly thresholdSd: number;
  /** Two kinds of people far apart in place of one. */
  readonly twoKinds: boolean;
  readonly careless: number;
  readonly defects: number;
  /** Quality lost by a defect: mean and spread. */
  readonly severity: readonly [number, number];
  /** Shares of clean replies flagged and of defects missed. */
  readonly flagErrors: readonly [number, number];
  /** On liking, disliking and regenerating of a reply that replaced another. */
  readonly position: readonly [number, number, number];
  /** On regenerating, for each try after the first. */
  readonly tiring: number;
  readonly flattery: number;
  readonly longer: number;
  readonly sideBySide: number;
  /** People settle for whatever comes after so many regenerations. */
  readonly longestChain: number;
  /** Logit of going on after a reply of quality 0, and by quality. */
  readonly goesOn: readonly [number, number];
}

export const plantedDefaults: Omit<PlantedTruth, 'seed'> = {
  annotators: 150,
  turns: 120,
  link: 'logistic',
  likeSlope: 1.3,
  regenerateSlope: 1.3,
  slopeSpread: 0,
  whim: 0,
  misperception: 0,
  thresholdSd: 0.7,
  twoKinds: false,
  careless: 0.08,
  defects: 0.06,
  severity: [1.6, 0.4],
  flagErrors: [0.003, 0.05],
  position: [0, 0, -0.3],
  tiring: 0,
  flattery: 0.6,
  longer: 0.15,
  sideBySide: 0.03,
  longestChain: 6,
  goesOn: [2, 0.3],
};

/** People and replies drawn from a stated truth, of which the reaction model knows the general shape at best. */
export function plantedReactions(options: Partial<PlantedTruth> & { seed: string }): JudgedWorld {
  const truth: PlantedTruth = { ...plantedDefaults, ...options };
  const random = createRandom(truth.seed);
  const [replies, pairs, careless]: [JudgedReply[], SiblingPair[], Set<string>] = [[], [], new Set()];
  for (let g = 0; g < truth.annotators; g += 1) {
    const person = drawPerson(truth, `g${g}`, random);
    if (person.careless) careless.add(person.annotator);
    const turns = Math.max(1, Math.round(drawLogNormal(random, truth.turns, 0.6)));
    for (let turn = 0; turn < turns; turn += 1) play(truth, person, random, replies, pairs);
  }
  return { replies, pairs, careless, annotators: truth.annotators };
}

interface Person {
  readonly annotator: string;
  readonly careless: boolean;
  /** Of like, dislike and regenerate. */
  readonly thresholds: readonly [number, number, number];
  readonly keenness: number;
}

function drawPerson(truth: PlantedTruth, annotator: string, random: Random): Person {
  const kind = truth.twoKinds ? (drawBernoulli(random, 0.5) ? 1.2 : -1.2) : 0;
  const threshold = (mean: number) => drawNormal(random, mean, truth.thresholdSd);
  return {
    annotator,
    careless: drawBernoulli(random, truth.careless),
    thresholds: [threshold(-2 + kind), threshold(-3 + kind), threshold(-1.9 - kind)],
    keenness: Math.exp(drawNormal(random, 0, truth.slopeSpread)),
  };
}

function drawReply(truth: PlantedTruth, annotator: string, random: Random): JudgedReply {
  const defective = drawBernoulli(random, truth.defects);
  const flattering = !defective && drawBernoulli(random, 0.1);
  const [falseFlags, missed] = truth.flagErrors;
  const flagged = defective ? !drawBernoulli(random, missed) : drawBernoulli(random, falseFlags);
  const severity = defective ? Math.max(0, drawNormal(random, ...truth.severity)) : 0;
  return {
    annotator,
    quality: drawNormal(random) - severity + drawNormal(random, 0, truth.whim),
    flattering,
    floor: Number(flagged),
    style: 3 * Number(flattering) + drawIndex(random, 3),
    tries: 0,
    like: 0,
    regenerated: null,
  };
}

/** One user turn: replies until one is kept, or two side by side. */
function play(
  truth: PlantedTruth,
  person: Person,
  random: Random,
  replies: JudgedReply[],
  pairs: SiblingPair[],
): void {
  if (drawBernoulli(random, truth.sideBySide)) {
    const one = reactTo(truth, person, drawReply(truth, person.annotator, random), random);
    const other = reactTo(truth, person, drawReply(truth, person.annotator, random), random);
    const lead = 1.5 * truth.likeSlope * person.keenness * (one.perceived - other.perceived);
    const [better, worse] = drawBernoulli(random, links[truth.link](lead))
      ? [one.reply, other.reply]
      : [other.reply, one.reply];
    replies.push(better, worse);
    pairs.push({ kind: 'choose', better, worse });
    return;
  }
  const discarded: JudgedReply[] = [];
  for (;;) {
    const drawn = {
      ...drawReply(truth, person.annotator, random),
      tries: Math.min(mostTries, discarded.length),
    };
    const { reply, perceived, regenerates } = reactTo(truth, person, drawn, random);
    if (regenerates && discarded.length < truth.longestChain) {
      const gone = { ...reply, regenerated: true };
      discarded.push(gone);
      replies.push(gone);
      continue;
    }
    const [base, byQuality] = truth.goesOn;
    const answered = drawBernoulli(random, links.logistic(base + byQuality * perceived));
    const kept = { ...reply, regenerated: answered ? false : null };
    replies.push(kept);
    if (answered) for (const worse of discarded) pairs.push({ kind: 'regenerate', better: kept, worse });
    return;
  }
}

function reactTo(truth: PlantedTruth, person: Person, reply: JudgedReply, random: Random) {
  const perceived = person.careless
    ? drawNormal(random)
    : reply.quality + drawNormal(random, 0, truth.misperception);
  const pull = person.keenness * perceived;
  const style =
    truth.flattery * Number(reply.flattering) + truth.longer * (([0, -1, 1][reply.style % 3] ?? 0) * 1.2);
  const [like, dislike, regenerate] = person.thresholds;
  const [onLike, onDislike, onRegenerate] = reply.tries > 0 ? truth.position : [0, 0, 0];
  const link = links[truth.link];
  const likes = drawBernoulli(random, link(like + truth.likeSlope * pull + style + onLike));
  const dislikes = drawBernoulli(random, link(dislike - truth.likeSlope * pull - style + onDislike));
  const tired = truth.tiring * Math.max(0, reply.tries - 1);
  const toRegenerate = regenerate + onRegenerate + tired;
  const regenerates = drawBernoulli(random, link(toRegenerate - truth.regenerateSlope * pull));
  const reacted: JudgedReply = { ...reply, like: likes ? 1 : dislikes ? -1 : 0 };
  return { reply: reacted, perceived, regenerates };
}
