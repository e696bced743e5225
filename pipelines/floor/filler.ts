import { wordHash } from './word-hash.ts';
import type { ScannedText } from './scan-text.ts';

const affirming =
  'yes yeah yep yup sure right true indeed exactly correct agreed certainly definitely absolutely';
const noncommittal =
  'ok okay k kk alright fine good great nice cool hm hmm hmmm mm mhm uh um well interesting whatever noted understood understand see thanks thank course know idk maybe guess sounds agree problem';
/** Says nothing by itself, and nothing more beside the others. */
const glue =
  "i it's it its that's that this is thats very really so then of too also and a don't no you do oh ah just got to as all them me";

const affirmations = new Set(affirming.split(' ').map(wordHash));
const empty = new Set([...affirming.split(' '), ...noncommittal.split(' ')].map(wordHash));
const glueWords = new Set(glue.split(' ').map(wordHash));
const emptyChinese =
  /^(?:嗯|哦|噢|喔|好|行|对|是|的|吧|了|啊|呀|呢|啦|嘛|这样|那样|知道|明白|可以|没错|确实|当然|不错|挺|很|也|还|就|我|也是|不知道|随便|还行|没事|谢谢|原来如此|如此|收到|懂|有道理|有意思|然后|那|都|无所谓|应该)+$/;
const affirmingChinese = /^(?:是|是的|是啊|对|对的|对啊|好|好的|好啊|行|行啊|可以|没错|当然|当然可以|有|嗯)$/;
/** Asks for a yes or a no. */
const yesOrNo =
  /(?:^|[.!?,;]\s*|\b(?:so|and|but|then|well|hey|wait),? )(?:do|does|did|are|is|am|can|could|would|will|shall|have|has|had|may|were|was|should|don't|aren't|isn't|won't|can't|you)\b[^.!?]*\?\s*$|(?:吗|对吧|是吧|好不好|行不行|是不是|要不要|能不能|可不可以|愿不愿意|会不会|有没有|对不对)[^。！]{0,12}[?？]\s*$/i;

/**
 * Whether a reply says nothing: a few words, all of assent or acknowledgement, flatly. A yes to a question that asks
 * for one is an answer.
 */
export function isFiller(scan: ScannedText, userText: string): boolean {
  const { text, hashes, count } = scan;
  if (count === 0 || count > 10 || text.length > 60) return false;
  if (/[!！~～…—*?？\p{Extended_Pictographic}]|\.{2,}|[(（].*[)）]|[-–]\s*$/u.test(text)) return false;
  const plain = text.replace(/[\p{P}\s]/gu, '');
  let affirms = affirmingChinese.test(plain);
  if (!emptyChinese.test(plain)) {
    let empties = 0;
    let affirmed = 0;
    for (let i = 0; i < count; i += 1) {
      const hash = hashes[i] ?? 0;
      if (empty.has(hash)) empties += 1;
      else if (!glueWords.has(hash)) return false;
      if (affirmations.has(hash)) affirmed += 1;
    }
    if (empties === 0) return false;
    affirms = affirmed === empties;
  }
  return !(affirms && yesOrNo.test(userText));
}
