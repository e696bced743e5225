import { wordMark } from './word-marks.ts';
import type { CharacterCard } from './character-card.ts';
import type { ScannedText } from './scan-text.ts';

const said =
  '(?:says?|said|whispers?|whispered|answer(?:s|ed)?|repl(?:y|ies|ied)|murmurs?|murmured|mutters?|muttered|admits?|admitted|confess(?:es|ed)?|shouts?|shouted|cry|cried|stammers?|stammered|ask|asked|agree|agreed|breathe|sob|plead|laugh|promise|promised|blurt(?:ed)? out|call out|exclaim(?:ed)?|respond(?:ed)?|yell(?:ed)?|sigh)';
/** "...," you whisper; You nod and say, "..." */
const quotedEnglish = new RegExp(
  `(?:^|\\n)\\**you\\**:|[,.!?…—-]["”*]\\s+you (?:\\w+ly |then |finally )?${said}\\b|\\byou (?:(?!\\b(?:once|always|never|used|always|often|told|if|when)\\b)[^".!?“”\\n]){0,60}?\\b${said}\\b[^".!?“”\\n]{0,24}[,:] ?["“]`,
);
const deed =
  "nod|shrug|blush|gasp|giggle|chuckle|tremble|shiver|flinch|gulp|swallow hard|step (?:closer|forward|back)|lean (?:in|closer|back)|reach (?:for|out)|take (?:my|his|her|the|a|your|hold)|grab|pick up|close your eyes|open your|look (?:down|up|away|at (?:him|her|me) (?:with|and))|walk (?:over|to|toward|closer)|turn (?:to|away|around|red)|sit (?:down|beside)|stand up|smile (?:back|and|softly|shyly|warmly)|sigh (?:and|softly|deeply)|whisper (?:back|softly)|agree (?:to|and|without|at once)|decide (?:to|that)|realize|realise|promise (?:to|me|him|her)|begin to (?:cry|laugh|sob|weep|tremble|feel|understand)|start to (?:cry|laugh|sob|feel)|burst into|fall (?:to your|into (?:my|his|her)|asleep)|hand (?:me|him|her|over)|kiss (?:me|him|her)|hug (?:me|him|her)|wrap your|throw your|accept (?:the|my|his|her)|find yourself|can(?:no|')t help but|follow (?:me|him|her) (?:to|into|inside|without|down|up)|feel (?:a|your|the|yourself|tears|ashamed|relieved|warm)|hesitate|tell (?:me|him|her) (?:that|you|about)|wipe|draw (?:your|the)|put (?:your|the|down)|raise your|lower your|shake your head|bow your|kneel|rise from|let out";
const adverb = '(?:\\w+ly |almost \\w+ |then |finally |at last |just |suddenly )?';
const clauseStart = '(?:^|[.!?…*"”\\n]\\s*|, and |; )';
const deedEnglish = new RegExp(
  `${clauseStart}(?:then |so |and |slowly,? |without (?:thinking|a word),? )?you ${adverb}(?:${deed})\\b[^.!?\\n]*`,
  'g',
);
/** "You nod, take my hand and begin to cry": the next ones without a "you". */
const eachEnglish = new RegExp(`(?:\\b(?:you|and|then)|,) ${adverb}(?:${deed})\\b`, 'g');
const wish =
  /\b(?:if|when|whenever|unless|should|will|can|could|would|must|please|always|never|every time|once) you\b/g;

const saidChinese =
  '(?:说道?|问道?|答道?|回答道?|喊道?|低语|低声说|轻声说|嘟囔|喃喃|回应|开口|承认|应道|哭道|笑道|叫道)';
const quotedChinese = new RegExp(
  `(?:^|\\n)\\**(?:你|玩家)\\**[:：]|[”」][^。？！“”「」\\n]{0,2}你(?!们)[^。？！，“”「」\\n]{0,12}${saidChinese}|(?:^|[。！？”」*\\n，])(?:于是|然后|接着|最后|终于)?你(?!们|要|能|可|会|应|若|怎|为|是|想|敢|别|再|还|曾|也|总|老|当|听|以前|上次|昨|那|这)[^。？！“”「」\\n]{0,24}${saidChinese}[^。？！“”「」\\n]{0,4}[：:，,]\\s*[“「]|你(?!们)[^。？！“”「」\\n]{0,20}(?:起来|下头|点头|头)[：:][“「]`,
);
const mannerChinese = '[^，。？！“”「」\\n]{0,10}';
const bodyChinese =
  '(?:点了?点头|摇了?摇头|接过|伸出?手|红了脸|脸红|哭了|哭起来|落泪|流下|笑了起来|笑了笑|叹了口气|叹气|低下头|低着头|抬起头|转过?身|走上前|走过去|走近|后退|坐下|站起|跪下|握住|抱住|搂住|扑进|吻|亲了|决定|答应了|同意了|忍不住|意识到|发誓|下定决心|犹豫了|颤抖|闭上眼|睁开眼|拿起|拔出|推开门|跟着(?:我|他|她))';
const deedChinese = new RegExp(
  `(?:^|[。！？”」*）)\\n，,])(?:于是|然后|接着|最后|终于|这时|随后)?你(?!们|要|能|可|会|应|若|怎|为|想|敢|别|曾|总|老|以前|上次|昨)${mannerChinese}${bodyChinese}[^。！？\\n]*`,
  'g',
);
const anyBodyChinese = new RegExp(bodyChinese);
const eachChinese = new RegExp(bodyChinese, 'g');

/**
 * How far a reply puts words or deeds into the user's hands: 3 for each speech given to the user, 1 for each deed told
 * as done. Narrators and game masters may tell deeds; speeches too, unless their card spares the user.
 */
export function speaksForUser(scan: ScannedText, card: CharacterCard): number {
  const { text, lower, allMarks, han } = scan;
  const english = (allMarks & wordMark.you) !== 0;
  const chinese = han > 0 && text.includes('你');
  const maySpeak = english && ((allMarks & wordMark.says) !== 0 || lower.includes('you:'));
  const mayAct = english && !card.isNarrator && hasDeedOfYou(scan);
  const told = maySpeak || mayAct ? unremembered(lower) : '';
  const speaks = (maySpeak && quotedEnglish.test(told)) || (chinese && quotedChinese.test(text));
  if (card.isNarrator) return speaks && card.sparesUser ? 3 : 0;
  return 3 * Number(speaks) + (mayAct ? deedsInEnglish(told) : 0) + (chinese ? deedsInChinese(text) : 0);
}

/** What is quoted from memory or supposed is not told as happening. */
function unremembered(lower: string): string {
  return lower
    .replace(wish, 'ye')
    .replace(
      /\b(?:remember|yesterday|last (?:night|time|week|year)|earlier|back then|that (?:day|night)|used to)\b[^.!?\n]*\byou\b/g,
      'ye',
    );
}

/** Within three words behind "you". */
function hasDeedOfYou({ marks, count }: ScannedText): boolean {
  let near = 0;
  for (let i = 0; i < count; i += 1) {
    const mark = marks[i] ?? 0;
    if (near > 0 && (mark & wordMark.deed) !== 0) return true;
    near = (mark & wordMark.you) !== 0 ? 3 : near - 1;
  }
  return false;
}

/** @param told without what is remembered or supposed */
function deedsInEnglish(told: string): number {
  const narrated = told.replace(/["“][^"“”\n]*["”]/g, '"');
  let deeds = 0;
  for (const [sentence] of narrated.matchAll(deedEnglish)) deeds += sentence.match(eachEnglish)?.length ?? 1;
  return deeds;
}

function deedsInChinese(text: string): number {
  if (!anyBodyChinese.test(text)) return 0;
  const narrated = text.replace(/[“「][^“”「」\n]*[”」]/g, '”');
  let deeds = 0;
  for (const [sentence] of narrated.matchAll(deedChinese)) deeds += sentence.match(eachChinese)?.length ?? 0;
  return deeds;
}
