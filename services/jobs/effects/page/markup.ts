import { html, type Html } from '../../html.ts';

type Part = Html | string | number | undefined | readonly Part[];

/** `html` for drawings: numbers are places in them, of which two decimals are enough. */
export function markup(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return html(texts, ...parts.map(rounded));
}

function rounded(part: Part): Part {
  if (typeof part === 'number') return Number(part.toFixed(2));
  return part;
}

/** +0.123, with a true minus sign. */
export function signedText(value: number | null, digits = 3): string {
  if (value === null) return '–';
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
}

export const nameOf = (signals: readonly string[]) =>
  signals.map((name) => name.replaceAll('_', ' ')).join(' × ');
