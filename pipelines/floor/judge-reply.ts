import { ending } from './ending.ts';
import { floorChecks } from './floor-checks.ts';
import { replyLanguage } from './reply-language.ts';
import type { CharacterNorms } from './character-norms.ts';
import type { FloorCheck, FloorFlag, FloorLevel } from './floor-checks.ts';
import type { FloorSettings } from './floor-settings.ts';
import type { ReplyMeasures } from './measure-reply.ts';

type Check = (measures: ReplyMeasures, norms: CharacterNorms, settings: FloorSettings) => FloorLevel | null;

const names = Object.keys(floorChecks) as FloorCheck[];

/** The checks that a reply fails, at most once each, in the order of `floorChecks`. */
export function floorFlags(
  measures: ReplyMeasures,
  norms: CharacterNorms,
  settings: FloorSettings,
): FloorFlag[] {
  const flags: FloorFlag[] = [];
  for (const check of names) {
    const level = checks[check](measures, norms, settings);
    if (level !== null) flags.push({ check, level });
  }
  return flags;
}

const checks: Readonly<Record<FloorCheck, Check>> = {
  mixed_language({ foreignWords }, norms, { mixedLanguage, leastReplies }) {
    if (foreignWords < mixedLanguage.warnWords) return null;
    if (norms.replies >= leastReplies && norms.mixedPercent > mixedLanguage.habitPercent) return 'warn';
    return foreignWords >= mixedLanguage.dropWords ? 'drop' : 'warn';
  },

  garbled({ debris, hasLeftover, letterSurprise, characterDisorder }, _norms, { garbled }) {
    if (
      hasLeftover === 1 ||
      debris >= garbled.dropDebris ||
      letterSurprise >= garbled.letterSurprise ||
      characterDisorder >= garbled.dropDisorder
    )
      return 'drop';
    return debris >= garbled.warnDebris || characterDisorder >= garbled.warnDisorder ? 'warn' : null;
  },

  truncated(measures, norms, { truncated, leastReplies }) {
    if (measures.finish >= 2) return 'drop';
    if (measures.ending === ending.closed || measures.isVerse === 1) return null;
    const words = wordsOf(measures);
    if (words < truncated.leastWords) return null;
    if (measures.ending === ending.dangling) return 'drop';
    const closes = norms.replies >= leastReplies && norms.closedPercent >= truncated.closedPercent;
    if (!closes) return null;
    if (measures.length < truncated.leastShareOfMedian * norms.medianLength) return 'warn';
    return measures.ending === ending.bareAfterSentences ? 'drop' : 'warn';
  },

  broken_markup({ brokenMarks, brokenBrackets }, norms, { brokenMarkup, leastReplies }) {
    if (brokenMarks === 0) return brokenBrackets > 0 ? 'warn' : null;
    const habit = norms.replies >= leastReplies && norms.brokenMarksPercent > brokenMarkup.habitPercent;
    return habit ? 'warn' : 'drop';
  },

  breaks_character({ disclaims }) {
    if (disclaims === 0) return null;
    return disclaims === 2 ? 'drop' : 'warn';
  },

  repetition(measures, norms, { repetition, leastReplies }) {
    const { loopWords, loopCopies, loopPercent, recurringPercent, isVerse } = measures;
    const usual = norms.replies >= leastReplies ? norms.medianLoopPercent : 0;
    const unusual = loopPercent >= usual + repetition.aboveMedianPercent;
    const inLoop = (loopWords * loopCopies) / unit(measures);
    const phrase = loopWords / unit(measures);
    if (unusual && loopCopies >= 2) {
      if (phrase >= 2.5 && loopCopies >= repetition.loopCopies && inLoop >= repetition.loopWords)
        return isVerse === 1 && loopCopies < 5 ? 'warn' : 'drop';
      if (phrase >= 1.2 && loopCopies >= 2 * repetition.loopCopies && inLoop >= repetition.loopWords)
        return 'drop';
      if (loopCopies >= repetition.singleWordCopies && inLoop >= 2 * repetition.loopWords && phrase >= 1)
        return 'drop';
      if (phrase >= repetition.doubledWords) return isVerse === 1 ? 'warn' : 'drop';
    }
    if (recurringPercent >= repetition.recurringPercent) return isVerse === 1 ? 'warn' : 'drop';
    return null;
  },

  repeats_previous(measures, norms, { repeatsPrevious, leastReplies }) {
    const { saidBeforePercent } = measures;
    if (saidBeforePercent < repeatsPrevious.warnPercent) return null;
    const { leastWords, leastWordsVerbatim } = repeatsPrevious;
    if (wordsOf(measures) < (saidBeforePercent >= 95 ? leastWordsVerbatim : leastWords)) return null;
    const usual = norms.replies >= leastReplies ? norms.medianSaidBeforePercent : 0;
    if (saidBeforePercent < usual + repeatsPrevious.aboveMedianPercent) return 'warn';
    return saidBeforePercent >= repeatsPrevious.dropPercent ? 'drop' : 'warn';
  },

  low_information({ isFiller, isSilent }, norms, { lowInformation, leastReplies }) {
    if (isFiller === 0 || isSilent === 1 || norms.replies < leastReplies) return null;
    return norms.medianLength >= lowInformation.leastMedian ? 'drop' : null;
  },

  length_drift({ length }, norms, { lengthDrift, leastReplies }) {
    if (norms.replies < leastReplies || norms.medianLength < 5) return null;
    const times = (length + 1) / (norms.medianLength + 1);
    if (times < lengthDrift.warnTimes) return null;
    const spread = Math.max(lengthDrift.leastSpread, norms.lengthSpread);
    if (Math.log(times) < lengthDrift.spreads * spread && times < 2 * lengthDrift.dropTimes) return null;
    return times >= lengthDrift.dropTimes ? 'drop' : 'warn';
  },

  no_hook(measures, norms, { noHook, leastReplies }) {
    const { hook, isVerse, isNarrator, length } = measures;
    if (hook === 2 || norms.replies < leastReplies || norms.hookPercent < noHook.warnHookPercent) return null;
    if (isVerse === 1 || wordsOf(measures) < noHook.leastWords) return null;
    if (length < noHook.leastShareOfMedian * norms.medianLength) return null;
    if (hook === 1 && isNarrator === 0 && norms.hookPercent < noHook.addressedHookPercent) return 'warn';
    return norms.hookPercent >= noHook.dropHookPercent ? 'drop' : 'warn';
  },

  speaks_for_user({ speaksForUser }, _norms, { speaksForUser: { dropMarks } }) {
    if (speaksForUser === 0) return null;
    return speaksForUser >= dropMarks ? 'drop' : 'warn';
  },

  refusal({ refusalMarks }, _norms, { refusal }) {
    if (refusalMarks < refusal.warnMarks) return null;
    return refusalMarks >= refusal.dropMarks ? 'drop' : 'warn';
  },
};

/** Chinese characters in what counts as a word. */
function unit({ language }: ReplyMeasures): number {
  return language === replyLanguage.zh ? 1.6 : 1;
}

function wordsOf(measures: ReplyMeasures): number {
  return measures.length / unit(measures);
}
