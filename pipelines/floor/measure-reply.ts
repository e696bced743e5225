import { characterDisorder } from './chinese-order.ts';
import { countDebris, hasTemplateLeftover } from './debris.ts';
import { endingOf } from './ending.ts';
import { letterSurprise } from './english-letters.ts';
import { isFiller } from './filler.ts';
import { hookOf } from './hook.ts';
import { languageRuns } from './language-runs.ts';
import { recurringPercent, worstLoop } from './loops.ts';
import { markupFaults } from './markup.ts';
import { disclaims, refusalMarks } from './out-of-character.ts';
import { expectedLanguage, foreignWords, replyLanguage } from './reply-language.ts';
import { percentSaidBefore } from './said-before.ts';
import { createScanRoom, scanText } from './scan-text.ts';
import { speaksForUser } from './speaks-for-user.ts';
import type { CharacterCard } from './character-card.ts';
import type { Ending } from './ending.ts';
import type { LanguageRuns } from './language-runs.ts';
import type { ReplyLanguage } from './reply-language.ts';

/** A reply, and what a check may know of its surroundings. */
export interface ReplyInContext {
  readonly text: string;
  /** As the app sent it; empty when unknown. */
  readonly finishReason: string;
  /** What the character said before on the same path, nearest first; more than three are not read. */
  readonly previousReplies: readonly string[];
  /** What the user wrote just before; empty when nothing. */
  readonly userText: string;
  readonly card: CharacterCard;
}

/** Small integers only, so that the measures of 10^6 replies fit into memory. The text is not needed again. */
export interface ReplyMeasures {
  /** In which the reply should be; norms are taken by character and this. */
  readonly language: ReplyLanguage;
  /** Words, and characters of scripts that write no spaces between words. */
  readonly length: number;
  /** Lines of verse: three or more short ones, without speech or beats. */
  readonly isVerse: 0 | 1;
  /** What the card says: tells in the second person; does not speak. */
  readonly isNarrator: 0 | 1;
  readonly isSilent: 0 | 1;
  /** Words in the longest stretch of a language that neither card nor user explains. */
  readonly foreignWords: number;
  /** Pieces that nobody writes, the certain ones three each. */
  readonly debris: number;
  readonly hasLeftover: 0 | 1;
  /** Hundredths of a nat: strangeness of the letters as English, of the order of characters as Chinese. */
  readonly letterSurprise: number;
  readonly characterDisorder: number;
  /** 0 unknown, 1 stop, 2 cut at the length limit, 3 cancelled, failed or filtered. */
  readonly finish: 0 | 1 | 2 | 3;
  readonly ending: Ending;
  readonly brokenMarks: number;
  readonly brokenBrackets: number;
  readonly disclaims: 0 | 1 | 2;
  readonly refusalMarks: number;
  readonly speaksForUser: number;
  readonly hook: 0 | 1 | 2;
  readonly isFiller: 0 | 1;
  /** The worst phrase that follows itself: its words, how often it stands in a row, its share of the text. */
  readonly loopWords: number;
  readonly loopCopies: number;
  readonly loopPercent: number;
  /** Words of sentences that stand three times or more. */
  readonly recurringPercent: number;
  /** What one of the previous three replies had said. */
  readonly saidBeforePercent: number;
}

const ownRoom = createScanRoom();
const otherRoom = createScanRoom();

/** Reads a reply once; the checks need nothing else of it. */
export function measureReply({
  text: whole,
  finishReason,
  previousReplies,
  userText,
  card,
}: ReplyInContext): ReplyMeasures {
  const text = withoutCode(whole);
  const scan = scanText(text, ownRoom);
  const runs = languageRuns(scan);
  const user = userRuns(userText);
  const language = expectedLanguage(card, user, runs);
  const markup = markupFaults(text);
  const said = withoutPhrases(text, card.catchphrases);
  const spoken = said === text ? scan : scanText(said, otherRoom);
  const loop = worstLoop(spoken);
  return {
    language,
    length: scan.count,
    isVerse: bit(isVerse(text)),
    isNarrator: bit(card.isNarrator),
    isSilent: bit(card.isSilent),
    foreignWords: foreignWords(language, runs, user, userText, card),
    debris: countDebris(scan),
    hasLeftover: bit(hasTemplateLeftover(scan)),
    letterSurprise: language === replyLanguage.other ? 0 : letterSurprise(scan),
    characterDisorder: runs.han >= 12 && language !== replyLanguage.other ? characterDisorder(scan) : 0,
    finish: finishOf(finishReason),
    ending: endingOf(text),
    brokenMarks: markup.broken,
    brokenBrackets: markup.brackets,
    disclaims: disclaims(scan, card),
    refusalMarks: refusalMarks(scan),
    speaksForUser: speaksForUser(scan, card),
    hook: hookOf(text, scan.lower),
    isFiller: bit(isFiller(scan, userText)),
    loopWords: loop.period,
    loopCopies: loop.copies,
    loopPercent: loop.percent,
    recurringPercent: recurringPercent(spoken),
    saidBeforePercent: percentSaidBefore(spoken, previousReplies),
  };
}

let lastUser = { text: '', runs: languageRuns(scanText('')) };

/** Alternatives answer the same words. */
function userRuns(text: string): LanguageRuns {
  if (lastUser.text !== text) lastUser = { text, runs: languageRuns(scanText(text, otherRoom)) };
  return lastUser.runs;
}

/** Code and addresses are no prose. */
function withoutCode(text: string): string {
  let prose = text;
  if (prose.includes('```')) prose = prose.replace(/```[^`]*(?:```|$)/g, ' … ');
  if (prose.includes('`')) prose = prose.replace(/`[^`\n]+`/g, '…');
  return prose.includes('://') ? prose.replace(/\w+:\/\/\S+/g, '…') : prose;
}

function withoutPhrases(text: string, phrases: readonly string[]): string {
  let rest = text;
  for (const phrase of phrases) if (rest.includes(phrase)) rest = rest.replaceAll(phrase, ' ');
  return rest;
}

function isVerse(text: string): boolean {
  if (/[*"“”「」]/.test(text)) return false;
  let lines = 0;
  let from = 0;
  for (;;) {
    const to = text.indexOf('\n', from);
    const length = (to < 0 ? text.length : to) - from;
    if (length > 0 && length <= 60) lines += 1;
    if (to < 0) return lines >= 3;
    from = to + 1;
  }
}

function finishOf(reason: string): 0 | 1 | 2 | 3 {
  if (reason === '') return 0;
  if (reason === 'stop') return 1;
  return reason === 'length' ? 2 : 3;
}

function bit(holds: boolean): 0 | 1 {
  return holds ? 1 : 0;
}
