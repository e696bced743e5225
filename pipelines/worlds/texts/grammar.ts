import { drawIndex, drawOne } from '../../maths/draws.ts';
import type { Random } from '../../maths/random.ts';

/** Rule name to its alternatives; `{rule}` inside an alternative is expanded in turn. */
export type Rules = Readonly<Record<string, readonly string[]>>;

export interface Grammar {
  /** A random text of the rule. Throws when a rule has no alternatives: a fault of the grammar. */
  expand(rule: string, random: Random): string;
  /** Several texts of the rule, no alternative twice before all have been used. */
  expandDistinct(rule: string, count: number, random: Random): string[];
}

/** Literal texts at even positions, rule names at odd ones. */
type Alternative = readonly string[];

export function createGrammar(rules: Rules): Grammar {
  const compiled = new Map<string, readonly Alternative[]>();
  for (const [rule, alternatives] of Object.entries(rules)) {
    compiled.set(
      rule,
      alternatives.map((text) => text.split(/[{}]/)),
    );
  }
  const alternativesOf = (rule: string): readonly Alternative[] => {
    const alternatives = compiled.get(rule);
    if (alternatives === undefined || alternatives.length === 0)
      throw new Error(`grammar has no rule ${rule}`);
    return alternatives;
  };
  const expand = (rule: string, random: Random): string =>
    filled(drawOne(random, alternativesOf(rule)), random);
  const filled = (alternative: Alternative, random: Random): string => {
    let text = alternative[0] ?? '';
    for (let i = 1; i < alternative.length; i += 2) {
      text += expand(alternative[i] ?? '', random) + (alternative[i + 1] ?? '');
    }
    return text;
  };
  const expandDistinct = (rule: string, count: number, random: Random): string[] => {
    const texts: string[] = [];
    let unused: Alternative[] = [];
    while (texts.length < count) {
      if (unused.length === 0) unused = [...alternativesOf(rule)];
      const [alternative] = unused.splice(drawIndex(random, unused.length), 1);
      if (alternative !== undefined) texts.push(filled(alternative, random));
    }
    return texts;
  };
  return { expand, expandDistinct };
}
