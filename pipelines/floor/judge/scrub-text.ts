const replacements: readonly (readonly [pattern: RegExp, by: string])[] = [
  [/[\p{Script=Latin}\p{N}._%+-]+@[\p{Script=Latin}\p{N}-]+(?:\.[\p{Script=Latin}\p{N}-]+)+/gu, '[mail]'],
  [/\b(?:https?|ftp):\/\/[^\s<>"'”」）)]+|\bwww\.[^\s<>"'”」）)]+/gi, '[url]'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[0-9a-f]{24,}\b/gi, '[id]'],
  [/\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b/g, '[id]'],
  [/(?<!\d)\d{17}[\dXx](?!\d)/g, '[id]'],
  [/(?<![\d.,])(?:\d[ -]?){13,19}(?![\d.,])/g, '[id]'],
  [/(?<![\w.,])(?:\+\d{1,3}[ .-]?)?(?:\(\d{1,4}\)[ .-]?)?\d{2,5}(?:[ .-]?\d{2,5}){2,4}(?![\w,])/g, '[phone]'],
  [/(?<!\d)1[3-9]\d{9}(?!\d)/g, '[phone]'],
  [/(?<=^|[\s（(，。、：])@[\w.]{2,30}/gmu, '[name]'],
  [/(?<=(?:微信|QQ|qq|wechat|telegram)(?:号|id)?\s*[:：是]?\s*)[\w-]{5,20}/gi, '[id]'],
];

/** A text without mail addresses, telephone numbers, web addresses, account and identity numbers, handles. */
export function scrubText(text: string): string {
  return replacements.reduce((scrubbed, [pattern, by]) => scrubbed.replace(pattern, by), text);
}
