/** Deeper values are refused elsewhere. */
const maxDepth = 100;

export interface Mended {
  readonly value: unknown;
  /** Strings and keys that held a lone surrogate. */
  readonly strings: number;
}

/**
 * Replaces each lone surrogate in strings and keys by U+FFFD. Returns the same value when nothing needed it.
 * @param value from JSON.parse
 */
export function wellFormed(value: unknown): Mended {
  let strings = 0;
  const mended = visit(value, 0);
  return { value: mended, strings };

  function visit(item: unknown, depth: number): unknown {
    if (typeof item === 'string') return text(item);
    if (typeof item !== 'object' || item === null || depth > maxDepth) return item;
    const before = strings;
    if (Array.isArray(item)) {
      const list = item.map((inner) => visit(inner, depth + 1));
      return strings === before ? item : list;
    }
    const fields = Object.entries(item).map(([key, inner]) => [text(key), visit(inner, depth + 1)]);
    return strings === before ? item : Object.fromEntries(fields);
  }

  function text(item: string): string {
    if (item.isWellFormed()) return item;
    strings++;
    return item.toWellFormed();
  }
}
