import { wordMark } from './word-marks.ts';
import type { ScannedText } from './scan-text.ts';

/**
 * Pieces of text that nobody writes: replacement characters, bytes read in a wrong encoding, escapes that were never
 * undone, letters with symbols inside. Certain ones count three each, doubtful ones one.
 */
export function countDebris({ text, hasOddCharacters }: ScannedText): number {
  if (!hasOddCharacters) return 0;
  return 3 * countOf(certain, text) + countOf(doubtful, text);
}

const trailing =
  '\\u0080-\\u00bf\\u20ac\\u201a\\u0192\\u201e\\u2026\\u2020\\u2021\\u02c6\\u2030\\u0160\\u2039\\u0152\\u017d\\u2018\\u2019\\u201c\\u201d\\u2022\\u2013\\u2014\\u02dc\\u2122\\u0161\\u203a\\u0153\\u017e\\u0178';

/** UTF-8 read as Latin-1 or Windows-1252, or as GBK; private use; lone controls; escapes in plain sight. */
const certain = new RegExp(
  [
    '[\\ufffd\\ue000-\\uf8ff\\u0001-\\u0008\\u000b\\u000e-\\u001f\\u007f-\\u009f]',
    `\\u00c3[${trailing}]`,
    '\\u00c2[\\u00a0-\\u00bf]',
    `\\u00e2\\u20ac[${trailing}]?`,
    `\\u00f0\\u0178[${trailing}]`,
    '\\u00ef[\\u00bb\\u00bc\\u00bd]',
    `[\\u00e3-\\u00e9][${trailing}]{2}`,
    '\\u951f\\u65a4\\u62f7|(?:\\u70eb\\u70eb){3}|(?:\\u5c6f\\u5c6f){2}',
    '\\\\u[0-9a-fA-F]{4}|\\\\x[0-9a-fA-F]{2}|\\\\n\\\\n',
    '\\u2581|[\\u0120\\u010a](?=[A-Za-z])|<0x[0-9A-F]{2}>|(?<=\\s)##[a-z]{2,}|[a-z]@@ ',
    '&(?:amp|quot|nbsp|lt|gt|#\\d{2,5}|#x[0-9a-fA-F]{2,5});',
  ].join('|'),
  'g',
);

/** One of these may be a curse, a price or a face; many are noise. */
const doubtful = /(?<=[\p{L}，。])(?:[#@%$^&|{}[\]\\¤□■▯§¬¦]|x[0-9A-F]{2}){1,6}(?=[\p{L}，。])|[¤□▯¬¦]/gu;

const labelChinese = /用户|助手|系统/;
/** Words of the machinery around a model, never of a character. */
const leftover =
  /\{\{[^{}\n]{1,40}\}\}|\$\{[\w.]{1,40}\}|<\|[^|<>\n]{1,40}\|>|\[\/?INST\]|<<\/?SYS>>|\[(?:UNK|PAD|CLS|SEP|MASK|EOS|BOS)\]|^\s*[{[]\s*"\w+"\s*:|<\/?(?:think|system|assistant|user|s|bos|eos|pad|unk|start_of_turn|end_of_turn|im_start|im_end)>|\[(?:insert|your|user(?:'s)?|character|char|name|placeholder|此处|插入|填写|用户名?|角色名?)(?: [^\]\n]{0,30}|[^\]\n]{0,8})?\]|\[object Object\]|\bundefined\b(?=[^a-z]*(?:undefined|null|NaN|,|\.|$))|%[sd](?![\w])|(?:^|\n)#{2,3} ?(?:instruction|response|input|human|assistant|system)\b|\bassistant\n|(?:^|\n)\**(?:assistant|human|system|user|用户|助手|系统|AI助手) ?[:：]/i;

/** Also within a sentence, where it is written like a name. */
const label = /(?:^|[^a-z]\s|[\w\u4e00-\u9fff，。])Assistant ?:/;

/** The text holds a marker, a placeholder or a label of a prompt template. */
export function hasTemplateLeftover({ text, hasOddCharacters, allMarks, han }: ScannedText): boolean {
  if (!hasOddCharacters && (allMarks & wordMark.template) === 0 && (han === 0 || !labelChinese.test(text)))
    return false;
  return leftover.test(text) || label.test(text);
}

function countOf(pattern: RegExp, text: string): number {
  let count = 0;
  pattern.lastIndex = 0;
  while (pattern.exec(text) !== null) count += 1;
  return count;
}
