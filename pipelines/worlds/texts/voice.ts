import { chineseRules } from './chinese-rules.ts';
import { chineseSettings } from './chinese-settings.ts';
import { englishRules } from './english-rules.ts';
import { englishSettings } from './english-settings.ts';
import { createGrammar } from './grammar.ts';
import type { Character, Language } from './characters.ts';
import type { Grammar, Rules } from './grammar.ts';

/** The grammar of a setting, in its language. */
export function voiceOf(character: Pick<Character, 'setting' | 'language'>): Grammar {
  const grammar = voices.get(character.setting);
  if (grammar === undefined) throw new Error(`no voice for ${character.setting}`);
  return grammar;
}

/** Somebody of the other language, for replies that slip into it. */
export function strangerTo(language: Language): Grammar {
  return language === 'en'
    ? voiceOf({ language: 'zh', setting: 'teashop' })
    : voiceOf({ language: 'en', setting: 'harbour' });
}

const voices = new Map<string, Grammar>([
  ...voicesOf(englishRules, englishSettings),
  ...voicesOf(chineseRules, chineseSettings),
]);

function voicesOf(rules: Rules, settings: Readonly<Record<string, Rules>>): [string, Grammar][] {
  return Object.entries(settings).map(([name, words]) => [
    name,
    createGrammar({ ...rules, ...words, Folk: (words['folk'] ?? []).map(capitalised) }),
  ]);
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
