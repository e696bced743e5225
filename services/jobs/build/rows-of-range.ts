import type { CharacterTier } from '../../../pipelines/pairs/character-tier.ts';
import { judgedTextHash } from '../../../pipelines/floor/judge/judge-candidate.ts';
import { historyFromEvents } from '../../../pipelines/pairs/history.ts';
import { packedSketches } from '../../../pipelines/pairs/near-duplicates-packed.ts';
import type { PackedSketches } from '../../../pipelines/pairs/near-duplicates-packed.ts';
import { nearDuplicate } from '../../../pipelines/pairs/near-duplicates-purge.ts';
import { createReplySketcher } from '../../../pipelines/pairs/near-duplicates-sketches.ts';
import type { SketchedText } from '../../../pipelines/pairs/near-duplicates.ts';
import {
  consentFault,
  createPrompts,
  pairsFromHistory,
} from '../../../pipelines/pairs/pairs-from-history.ts';
import type { Drop } from '../../../pipelines/pairs/pairs-from-history.ts';
import { singlesAndGroups } from '../../../pipelines/pairs/singles-and-groups.ts';
import { splitOfAnnotator } from '../../../pipelines/pairs/split.ts';
import { eventsOfStory } from '../../../pipelines/pairs/story.ts';
import type { Story } from '../../../pipelines/pairs/story.ts';
import type { ConversationEvent } from '../../../pipelines/pairs/queries.ts';
import type { ReactionFit } from '../../../pipelines/reactions/reaction-fit.ts';
import type { BuildConfig, FunnelEntry } from '../../../schemas/build-report.ts';
import type { ChatMessage } from '../../../schemas/preference-row.ts';
import type { Split } from '../../../schemas/provenance.ts';
import { createContextLines } from './context-lines.ts';
import type { CandidatePair } from './draw-pairs.ts';
import { columnsOfDrop, dropKey } from './drop-writer.ts';
import type { Evaluation } from './evaluation-texts.ts';
import { createDraftJudge } from './judge-draft.ts';
import { outlierTest } from './mark-outliers.ts';
import { createPromptFinder } from './prompt-finder.ts';
import type { FoundPrompt } from './prompt-finder.ts';
import type { Cohorts } from './read-cohorts.ts';
import { knownReplies } from './reply-evidence.ts';
import type { EvidenceColumns } from './reply-evidence.ts';
import { createRowLines } from './row-writer.ts';
import type { RowLines } from './row-writer.ts';
import { columnsOfGroup, columnsOfSingle } from './stored-columns.ts';
import { createTally } from './tally.ts';
import type { UndrawnRow } from './weigh-rows.ts';

/** Jaccard similarity from which the two texts of a pair say the same. */
const nearEqual = 0.9;

/** What the steps before found out. */
export interface RowFacts {
  readonly app: string;
  readonly datasetId: string;
  readonly config: BuildConfig;
  readonly fit: ReactionFit;
  /** Sessions and annotators that are marked, as `outlierTest` reads them. */
  readonly outliers: ReadonlySet<string>;
  readonly tiers: ReadonlyMap<string, CharacterTier>;
  readonly cohorts: Cohorts;
  /** Signals that do not move the outcome: no deed of theirs makes a pair. */
  readonly unused: ReadonlySet<string>;
  readonly evaluations: readonly Evaluation[];
  /** Ids of pairs that earlier datasets hold. */
  readonly excluded: ReadonlySet<string>;
  /** Replies whose last edit is below the floor. */
  readonly editsBelow: ReadonlySet<string>;
  /** Hashes of what a trusted judge put below its bound. */
  readonly badTexts: ReadonlySet<string>;
  /** Places where prompts are looked for. */
  readonly promptPlaces: ReadonlySet<string>;
}

export interface StoriesWithEvidence {
  readonly stories: Iterable<Story>;
  readonly evidence: Iterable<EvidenceColumns>;
}

/** What rows say of one annotator. */
export interface RowPlace {
  readonly side: Split;
  readonly cohortOf: (dayNumber: number) => string;
  readonly tierOf: (characterId: string) => CharacterTier;
  /** The same for the same context, whoever was in it. */
  readonly contextIdOf: (prompt: readonly ChatMessage[]) => string;
}

/** It names a turn that its annotator has not sent; somebody else may have. */
export type UnsettledDrop = Drop & { readonly missingTurnId: string };

/**
 * Rows of one run of annotators; in those for tables the context stands by its name. What nobody looks at before all
 * runs are done is bytes: so many objects would be looked through by every garbage collection until then.
 */
export interface RangeRows {
  readonly contexts: RowLines;
  readonly pairs: RowLines;
  readonly singles: RowLines;
  readonly groups: RowLines;
  /** Of table rows that are not drawn: `UndrawnRow`. */
  readonly undrawnSingles: RowLines;
  readonly undrawnGroups: RowLines;
  /** `CandidatePair`. */
  readonly candidates: RowLines;
  /** Of each candidate that of the chosen reply in its context, then that of the rejected one. */
  readonly sketches: PackedSketches;
  readonly prompts: readonly FoundPrompt[];
  /** Of table `dataset_drops`, counted. */
  readonly drops: RowLines;
  /** Not counted. */
  readonly unsettled: readonly UnsettledDrop[];
  readonly duplicates: readonly ConversationEvent[];
  readonly counts: readonly FunnelEntry[];
}

/**
 * The second pass over texts: candidates for pairs that are sure enough, singles, groups and prompts, and why other
 * candidates are none.
 */
export function createRowWork(facts: RowFacts) {
  const { app, config, fit } = facts;
  const sketcher = createReplySketcher(nearDuplicate);
  const settings = {
    app,
    crossModel: config.cross_model,
    filter: config.filter,
    leastP: fit.identified ? config.least_p : null,
    ...{ nearEqual, similarityOf: sketcher.similarity },
    isOutlier: outlierTest(facts.outliers),
  };
  const shares = { test: config.test_share, validation: config.validation_share };
  const key = { app, dataset_id: facts.datasetId };
  const tierOf = (characterId: string) => facts.tiers.get(characterId) ?? 'niche';
  const isBad = badTextTest(facts.badTexts);
  const judge = createDraftJudge(facts, settings, isBad);

  return ({ stories, evidence }: StoriesWithEvidence): RangeRows => {
    const known = knownReplies(evidence);
    const tally = createTally();
    const contextRows = createRowLines();
    const [pairs, singles, groups] = [createRowLines(key), createRowLines(key), createRowLines(key)];
    const finder = createPromptFinder(facts, settings);
    const [undrawnSingles, undrawnGroups] = [createRowLines(), createRowLines()];
    const candidates = createRowLines();
    const sketches: SketchedText[] = [];
    const drops = createRowLines(dropKey(app, facts.datasetId));
    const unsettled: UnsettledDrop[] = [];
    const duplicates: ConversationEvent[] = [];

    for (const story of stories) {
      const history = historyFromEvents(eventsOfStory(story));
      const { annotatorId } = history;
      const contexts = createContextLines();
      tally.add('turn', 'read', history.turns.size);
      tally.add('turn', 'duplicate_turn', history.duplicates.length);
      duplicates.push(...history.duplicates);
      const ofAnnotator = known(annotatorId);
      const promptOf = createPrompts(history);
      const days = facts.cohorts.get(annotatorId);
      const cohortOf = (dayNumber: number) => days?.get(dayNumber) ?? 'unknown';
      const place = {
        side: splitOfAnnotator(app, annotatorId, shares),
        ...{ cohortOf, tierOf, contextIdOf: contexts.idOf },
      };

      const { pairs: drafts, drops: refused } = pairsFromHistory(history, settings, promptOf);
      for (const drop of refused) {
        if (isUnsettled(drop)) unsettled.push(drop);
        else addDrop(drop);
      }
      for (const draft of drafts) {
        const judged = judge(draft, ofAnnotator, place);
        if ('reason' in judged) {
          addDrop(dropOf(draft, judged.reason), judged.p);
          continue;
        }
        candidates.add(judged.candidate satisfies CandidatePair);
        for (const reply of [draft.chosen, draft.rejected])
          sketches.push(sketcher.sketch(draft.prompt, reply));
        pairs.add({ ...judged.columns, ...contexts.placeOf(draft) });
      }
      if (consentFault(history)) continue;
      finder.addFrom(history, ofAnnotator, promptOf, place);
      const { side } = place;
      const alone = singlesAndGroups(history, ofAnnotator, promptOf, settings);
      for (const single of alone.singles) {
        if (single.label && isBad(single.prompt, single.completion)) continue;
        tally.add('single', single.label ? 'better than typical' : 'worse than typical', 1);
        const columns = columnsOfSingle(single, { annotatorId, side, cohort: cohortOf(single.dayNumber) });
        singles.add({ ...columns, ...contexts.placeOf(single) });
        undrawnSingles.add({
          id: single.singleId,
          side,
          annotatorId,
          characterId: single.characterId,
        } satisfies UndrawnRow);
      }
      for (const group of alone.groups) {
        tally.add('group', alternativesText(group.turnIds.length), 1);
        const columns = columnsOfGroup(group, { annotatorId, side, cohort: cohortOf(group.dayNumber) });
        groups.add({ ...columns, ...contexts.placeOf(group) });
        undrawnGroups.add({
          id: group.groupId,
          side,
          annotatorId,
          characterId: group.characterId,
        } satisfies UndrawnRow);
      }
      contexts.addTo(contextRows);
    }
    return {
      contexts: contextRows.lines(),
      ...{ pairs: pairs.lines(), singles: singles.lines(), groups: groups.lines() },
      ...{ undrawnSingles: undrawnSingles.lines(), undrawnGroups: undrawnGroups.lines() },
      ...{ candidates: candidates.lines(), sketches: packedSketches(sketches) },
      ...{ drops: drops.lines(), unsettled, duplicates },
      prompts: finder.found(),
      counts: tally.funnel(),
    };

    function addDrop(drop: Drop, p?: number): void {
      tally.addDrop(drop);
      drops.add(columnsOfDrop(drop, p));
    }
  };
}

const isUnsettled = (drop: Drop): drop is UnsettledDrop => drop.missingTurnId !== undefined;

/** Whether a judge put a reply below its bound. */
function badTextTest(
  badTexts: ReadonlySet<string>,
): (prompt: readonly ChatMessage[], reply: string) => boolean {
  if (badTexts.size === 0) return () => false;
  return (prompt, reply) => badTexts.has(judgedTextHash(prompt, reply));
}

const alternativesText = (count: number) => `${count < 5 ? String(count) : '5 or more'} alternatives`;

function dropOf(
  draft: Omit<Drop, 'reason' | 'turnId' | 'otherTurnId'> & { chosenTurnId: string; rejectedTurnId: string },
  reason: Drop['reason'],
): Drop {
  const { source, chosenTurnId, rejectedTurnId, annotatorId, sessionId } = draft;
  return { reason, source, turnId: chosenTurnId, otherTurnId: rejectedTurnId, annotatorId, sessionId };
}
