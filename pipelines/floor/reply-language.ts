import type { CharacterCard } from './character-card.ts';
import type { LanguageRuns } from './language-runs.ts';

/** The languages whose replies are checked, as small integers for `ReplyMeasures.language`. */
export const replyLanguage = { unknown: 0, en: 1, zh: 2, other: 3 } as const;

export type ReplyLanguage = (typeof replyLanguage)[keyof typeof replyLanguage];

/** In which language a text is mostly written. */
export function writtenLanguage({ latin, han, other }: LanguageRuns): ReplyLanguage {
  if (latin + han + other === 0) return replyLanguage.unknown;
  const words = han / 1.6;
  if (other > latin && other > words) return replyLanguage.other;
  return latin > words ? replyLanguage.en : replyLanguage.zh;
}

/** What the card states, else what the user writes, else what the card is written in, else what the reply is. */
export function expectedLanguage(
  card: CharacterCard,
  user: LanguageRuns,
  reply: LanguageRuns,
): ReplyLanguage {
  if (card.languageStated) return replyLanguage[card.language];
  if (user.latin + user.han + user.other >= 4) return writtenLanguage(user);
  return card.language === 'unknown' ? writtenLanguage(reply) : replyLanguage[card.language];
}

const asksForLanguage =
  /\b(?:in|into|speak|say|teach me|translate|learn|know any|some) (?:\w+ )?(?:english|chinese|mandarin|cantonese|french|spanish|german|italian|japanese|korean|russian|portuguese|latin)\b|\btranslat|(?:用|说|讲|教|学|翻)[^。？！]{0,6}(?:英文|英语|中文|法语|日语|日文|韩语|西班牙语|德语|俄语|外语|译)/i;

/**
 * Words in the longest stretch of the reply that is in none of the languages one may expect: 0 where the card or the
 * user explains it.
 */
export function foreignWords(
  expected: ReplyLanguage,
  reply: LanguageRuns,
  user: LanguageRuns,
  userText: string,
  card: CharacterCard,
): number {
  if (card.mayMixLanguages || expected === replyLanguage.other || expected === replyLanguage.unknown)
    return 0;
  const foreign =
    expected === replyLanguage.zh
      ? Math.max(reply.latinRun, reply.otherRun)
      : Math.max(Math.round(reply.hanRun / 1.6), reply.otherRun, Math.round(reply.foreignRun * 0.75));
  if (foreign === 0) return 0;
  const written = writtenLanguage(user);
  if (written !== expected && written !== replyLanguage.unknown) return 0;
  return asksForLanguage.test(userText) ? 0 : foreign;
}
