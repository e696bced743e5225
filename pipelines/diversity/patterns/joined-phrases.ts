import type { FormCount } from './count-forms.ts';

/** A form that took over; `pattern` is longer than the form where phrases were put together. */
export interface RisenForm {
  readonly count: FormCount;
  readonly pattern: string;
  readonly share: number;
  readonly baselineShare: number;
}

/** Of the more frequent of two phrases that overlap, the share of replies that the other must reach to be one with it. */
const alike = 0.7;

/** Puts phrases that overlap in all but one token, and that about as many replies hold, together into the longer one. */
export function joinedPhrases(risen: readonly RisenForm[]): RisenForm[] {
  const phrases = risen.filter(({ count }) => count.kind === 'phrase');
  const byHead = new Map<string, RisenForm[]>();
  for (const each of phrases) {
    const head = tokensOf(each).slice(0, -1).join(' ');
    byHead.set(head, [...(byHead.get(head) ?? []), each]);
  }
  const nextOf = (phrase: RisenForm) =>
    (byHead.get(tokensOf(phrase).slice(1).join(' ')) ?? [])
      .filter(({ share }) => Math.min(share, phrase.share) >= alike * Math.max(share, phrase.share))
      .toSorted((a, b) => b.share - a.share)[0];
  const followers = new Set(phrases.map(nextOf));
  const used = new Set<RisenForm>();
  const joined: RisenForm[] = [];
  // Beginnings first; what is left after them runs in circles.
  for (const first of [...phrases.filter((each) => !followers.has(each)), ...phrases]) {
    if (used.has(first)) continue;
    used.add(first);
    let pattern = first.pattern;
    for (let next = nextOf(first); next !== undefined && !used.has(next); next = nextOf(next)) {
      used.add(next);
      pattern += ` ${tokensOf(next).at(-1) ?? ''}`;
    }
    joined.push({ ...first, pattern });
  }
  return [...risen.filter(({ count }) => count.kind !== 'phrase'), ...joined];
}

const tokensOf = ({ count }: RisenForm): string[] => count.form.split(' ');
