/** HTML or SVG that is safe to write: made by `markup`, which escapes whatever text is put into it. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | undefined | readonly Part[];

/** Text and numbers are escaped, markup and lists of it stand as they are, undefined leaves nothing. */
export function markup(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: texts.reduce((before, text, index) => before + textFromPart(parts[index - 1]) + text) };
}

function textFromPart(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string')
    return part.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
  if (typeof part === 'number') return String(Number(part.toFixed(2)));
  if ('markup' in part) return part.markup;
  return part.map(textFromPart).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** +0.123, with a true minus sign. */
export function signedText(value: number | null, digits = 3): string {
  if (value === null) return '–';
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
}

export const nameOf = (signals: readonly string[]) =>
  signals.map((name) => name.replaceAll('_', ' ')).join(' × ');
