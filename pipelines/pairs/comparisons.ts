import { pairSources } from '../../schemas/provenance.ts';
import type { PairSource } from '../../schemas/provenance.ts';
import type { DropReason } from './drop-reasons.ts';
import type { History, Reply } from './history.ts';

/** All-against-all is done for so many rated alternatives of one place, in order; more is no use of a chat. */
const maxRatedAlternatives = 64;

/** Two replies that deeds speak of together. */
export interface Comparison {
  readonly better: Reply;
  readonly worse: Reply;
  /** The deeds, strongest first. */
  readonly sources: readonly [PairSource, ...PairSource[]];
  /** Why the deeds decide nothing, if so. Then `better` and `worse` mean no order. */
  readonly undecided: DropReason | null;
}

/** A deed that speaks of no two replies. */
export interface LooseDeed {
  readonly source: PairSource;
  readonly reason: DropReason;
  readonly turnId: string;
  readonly otherTurnId: string;
  readonly sessionId: string;
  /** The turn that was not sent. */
  readonly missingTurnId?: string;
}

export interface Comparisons {
  readonly comparisons: readonly Comparison[];
  readonly loose: readonly LooseDeed[];
}

/**
 * What an annotator's deeds say about which of two alternatives is the better: chosen over passed over, liked over
 * disliked, and the reply that was kept (and answered) over each that was regenerated before it.
 */
export function comparisonsFromHistory(history: History): Comparisons {
  const ledger = createLedger();
  compareChosen(history, ledger);
  for (const place of groupsOf(history.replies, placeOf)) {
    for (const group of groupsOf(place, alternativesOf)) {
      compareRated(group, ledger);
      compareKept(history, place, group, ledger);
    }
  }
  for (const orphan of history.orphans) {
    ledger.setLoose({
      source: orphan.type === 'regenerate' || orphan.type === 'edit' ? orphan.type : 'like',
      reason: 'missing_turn',
      turnId: orphan.turn_id,
      otherTurnId: '',
      sessionId: orphan.session_id,
      missingTurnId: orphan.turn_id,
    });
  }
  return ledger.comparisons();
}

export const alternativesOf = (reply: Reply) => reply.bubbles[0].event.alternatives_of;

/** Where in the tree a reply stands, whatever the model was given there. */
const placeOf = (reply: Reply) => {
  const { conversation_id, parent_turn_id, character_id } = reply.bubbles[0].event;
  return JSON.stringify([conversation_id, parent_turn_id, character_id]);
};

function compareChosen(history: History, ledger: Ledger): void {
  for (const { turnId, over, sessionId } of history.choices) {
    const loose = { source: 'choose', turnId, sessionId } as const;
    if (!history.turns.has(turnId)) {
      ledger.setLoose({ ...loose, reason: 'missing_turn', otherTurnId: '', missingTurnId: turnId });
      continue;
    }
    const better = history.replyOf.get(turnId);
    for (const otherTurnId of over) {
      const worse = history.replyOf.get(otherTurnId);
      if (!history.turns.has(otherTurnId)) {
        ledger.setLoose({ ...loose, reason: 'missing_turn', otherTurnId, missingTurnId: otherTurnId });
      } else if (!better || !worse || better === worse) {
        ledger.setLoose({
          ...loose,
          reason: 'not_alternatives',
          otherTurnId: better === worse ? '' : otherTurnId,
        });
      } else {
        ledger.setBetter(better, worse, 'choose');
      }
    }
  }
}

function compareRated(group: readonly Reply[], ledger: Ledger): void {
  const rated = group.filter((reply) => reply.like !== 0);
  for (const reply of rated.splice(maxRatedAlternatives)) {
    const { id, event } = reply.bubbles[0];
    ledger.setLoose({
      source: 'like',
      reason: 'group_too_large',
      turnId: id,
      otherTurnId: '',
      sessionId: event.session_id,
    });
  }
  for (const [index, one] of rated.entries()) {
    for (const other of rated.slice(index + 1)) {
      if (one.like > other.like) ledger.setBetter(one, other, 'like');
      else if (one.like < other.like) ledger.setBetter(other, one, 'like');
      else ledger.setUndecided(one, other, 'like', 'tie');
    }
  }
}

function compareKept(
  history: History,
  place: readonly Reply[],
  group: readonly Reply[],
  ledger: Ledger,
): void {
  for (const [index, discarded] of group.entries()) {
    if (!discarded.discarded) continue;
    const named = history.replyOf.get(discarded.replacementId);
    const later = group.slice(index + 1);
    const next = named && named !== discarded && group.includes(named) ? named : later[0];
    const kept = [...(next ? [next] : []), ...later].find((reply) => reply.continued && !reply.discarded);
    if (kept) ledger.setBetter(kept, discarded, 'regenerate');
    else if (named && !group.includes(named)) ledger.setBetter(named, discarded, 'regenerate');
    else if (next) ledger.setUndecided(next, discarded, 'regenerate', 'not_continued');
    else compareElsewhere(history, place, discarded, ledger);
  }
}

/** A regenerated reply with no alternative after it: nothing came, or the model was given something else. */
function compareElsewhere(history: History, place: readonly Reply[], discarded: Reply, ledger: Ledger): void {
  const { id, at, event } = discarded.bubbles[0];
  const other = place.find((reply) => reply.bubbles[0].at > at && reply.continued && !reply.discarded);
  if (other) {
    ledger.setBetter(other, discarded, 'regenerate');
    return;
  }
  const named = discarded.replacementId;
  const loose = { source: 'regenerate', turnId: id, sessionId: event.session_id } as const;
  if (named === '' || history.turns.has(named))
    ledger.setLoose({ ...loose, reason: 'no_alternative', otherTurnId: '' });
  else ledger.setLoose({ ...loose, reason: 'missing_turn', otherTurnId: named, missingTurnId: named });
}

/** Groups in order of their first members. */
function groupsOf<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}

interface Entry {
  readonly one: Reply;
  readonly other: Reply;
  readonly forOne: Set<PairSource>;
  readonly forOther: Set<PairSource>;
  undecided: { source: PairSource; reason: DropReason } | null;
}

type Ledger = ReturnType<typeof createLedger>;

/** Collects what deeds say of each two replies, in either order. */
function createLedger() {
  const entries = new Map<string, Entry>();
  const loose = new Map<string, LooseDeed>();

  function entryOf(a: Reply, b: Reply): Entry {
    const [one, other] = a.bubbles[0].at < b.bubbles[0].at ? [a, b] : [b, a];
    const key = JSON.stringify([one.id, other.id]);
    const entry = entries.get(key) ?? { one, other, forOne: new Set(), forOther: new Set(), undecided: null };
    entries.set(key, entry);
    return entry;
  }

  return {
    setBetter(better: Reply, worse: Reply, source: PairSource): void {
      const entry = entryOf(better, worse);
      (entry.one === better ? entry.forOne : entry.forOther).add(source);
    },
    setUndecided(one: Reply, other: Reply, source: PairSource, reason: DropReason): void {
      entryOf(one, other).undecided ??= { source, reason };
    },
    setLoose(deed: LooseDeed): void {
      loose.set(JSON.stringify([deed.turnId, deed.otherTurnId]), deed);
    },
    comparisons(): Comparisons {
      return { comparisons: [...entries.values()].map(comparisonFromEntry), loose: [...loose.values()] };
    },
  };
}

function comparisonFromEntry({ one, other, forOne, forOther, undecided }: Entry): Comparison {
  const [better, worse] = forOne.size > forOther.size ? [one, other] : [other, one];
  const [strongest, ...weaker] = pairSources.filter((source) => forOne.has(source) || forOther.has(source));
  if (!strongest) {
    return { better, worse, sources: [undecided?.source ?? 'like'], undecided: undecided?.reason ?? 'tie' };
  }
  const sources = [strongest, ...weaker] as const;
  if (alternativesOf(better) !== alternativesOf(worse)) {
    const reason = placeOf(better) === placeOf(worse) ? 'unequal_context' : 'not_alternatives';
    return { better, worse, sources, undecided: reason };
  }
  return {
    better,
    worse,
    sources,
    undecided: forOne.size > 0 && forOther.size > 0 ? 'deed_contradicted' : null,
  };
}
