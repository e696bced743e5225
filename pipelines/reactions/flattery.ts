const praise =
  'amazing|astonishing|awesome|beautiful|best|brilliant|brilliantly|charming|clever|cleverest|exceptional|extraordinary|fantastic|fascinating|genius|gifted|gorgeous|impressive|incredible|insightful|kind|kindest|legend|lovely|magnificent|marvell?ous|outstanding|perfect|perceptive|phenomenal|remarkable|sharp|smart|smartest|special|splendid|stunning|talented|thoughtful|unique|wise|wisest|wonderful';

/** Praise of the reader, not of things: the words have to meet a "you", or a question or idea of theirs. */
const englishOfYou = [
  String.raw`\byou(?:'|’)?(?:re| are| were|'ve| have(?: always)? been)\b(?: \w+,?){0,5} (?:${praise})\b`,
  String.raw`\byou (?:have|possess|show)\b(?: \w+,?){0,3} (?:${praise})\b`,
  String.raw`\b(?:nobody|no one|never|not one)\b[^.!?\n]{0,80}\bas (?:${praise})\b[^.!?\n]{0,30}\b(?:as )?you\b`,
  String.raw`\b(?:nobody|no one)\b[^.!?\n]{0,80}\b(?:like|better than|than|as) you\b`,
  String.raw`\bas (?:${praise})(?: and (?:${praise}))? as you\b`,
  String.raw`\bi(?:'m| am)? (?:truly |really |so )?(?:admire|adore|impressed by|in awe of|lucky to (?:have|know)) you\b`,
  String.raw`\byour (?:\w+ )?(?:brilliance|genius|talent|beauty|wisdom|intellect|kindness)\b`,
];

const ideas = '(?:question|idea|point|insight|observation|thought|choice|taste|instincts?|mind)';
const englishOfIdeas = String.raw`\b(?:${praise}|great|excellent|superb|terrific) ${ideas}\b`;

const chinese = [
  '你[^。！？\\n]{0,12}(?:太|真|好|最|超级?|如此|这么|那么|非常|特别)[^。！？\\n]{0,10}(?:聪明|厉害|棒|优秀|善良|完美|天才|了不起|有才|漂亮|美丽|帅|温柔|懂|可爱|睿智|出色)',
  '(?:太|真|好)(?:聪明|厉害|棒|优秀|了不起|有才华?|出色)了',
  '没有人?(?:能|会)?[^。！？\\n]{0,4}比(?:得上)?你',
  '(?:像你这样|如你这般|有你这样)[^。！？\\n]{0,16}(?:人|才|善良|聪明|少见|难得)',
  '(?:都|会|真|太|很|由衷|打心底)[^。！？\\n]{0,4}(?:佩服|崇拜|仰慕|钦佩)你',
  '你?(?:问|说|想|讲)得(?:太|真|非常|特别|这么)(?:好|妙|对|棒|深刻)',
  '你(?:简直|真)?是[^。！？\\n]{0,6}(?:天才|女神|男神|最[^。！？\\n]{1,6}的)',
  '(?:都|谁也|没人|无人)(?:比不上|不如)你|你的(?:才华|智慧|美貌|魅力)',
];

const you = /you/i;
const inEnglishOfYou = new RegExp(englishOfYou.join('|'), 'i');
const anyIdea = new RegExp(` ${ideas}`, 'i');
const inEnglishOfIdeas = new RegExp(englishOfIdeas, 'i');
const inChinese = new RegExp(chinese.join('|'));
const han = /[\u4e00-\u9fff]/;

/** Characters of a text that are looked at: a bound on time, whatever is sent. */
const longestSearched = 8_000;

/** Does the text praise its reader? By phrases of English and Chinese: finds the usual ones, and misses irony. */
export function flatters(text: string): boolean {
  const searched = text.length > longestSearched ? text.slice(0, longestSearched) : text;
  return (
    (you.test(searched) && inEnglishOfYou.test(searched)) ||
    (anyIdea.test(searched) && inEnglishOfIdeas.test(searched)) ||
    (han.test(searched) && inChinese.test(searched))
  );
}
