export type CardLanguage = 'en' | 'zh' | 'other' | 'unknown';

/** What a quality check may know about a character: only what the system message at the head of the prompt says. */
export interface CharacterCard {
  readonly text: string;
  readonly language: CardLanguage;
  /** The card names the language; else it was guessed from the card's own script, and what is usual counts more. */
  readonly languageStated: boolean;
  /** Two languages, or a habit of mixing them. */
  readonly mayMixLanguages: boolean;
  /** An AI, a robot, a computer: may say so. */
  readonly isAi: boolean;
  /** The card itself speaks of a language model, chatbot or assistant. */
  readonly isAssistant: boolean;
  /** A narrator or game master: may tell in the second person what the user does. */
  readonly isNarrator: boolean;
  /** The card forbids words or deeds in the user's name. */
  readonly sparesUser: boolean;
  /** Does not speak, or hardly: sounds, beats and single words are all it says. */
  readonly isSilent: boolean;
  /** Said now and then, letter for letter. */
  readonly catchphrases: readonly string[];
}

/** @param text the system message; empty when there is none */
export function characterCardFromText(text: string): CharacterCard {
  const stated = statedLanguage(text);
  const claims = text
    .split(/[.!?;。！？；\n]+/)
    .filter((clause) => !denial.test(clause))
    .join('\n');
  return {
    text,
    language: stated ?? guessedLanguage(text),
    languageStated: stated !== null,
    mayMixLanguages: mixing.test(claims) || twoLanguages.test(claims),
    isAi: machine.test(claims),
    isAssistant: assistant.test(claims),
    isNarrator: narrator.test(claims),
    sparesUser: spares.test(text),
    isSilent: silent.test(text),
    catchphrases: catchphrasesOf(text),
  };
}

/** "Never say that you are an AI" makes nobody an AI. */
const denial =
  /\b(?:never|not|don't|do not|does not|doesn't|isn't|avoid|without|no|hates?|fears?|hunts?)\b|不是|不要|不能|不得|不会|不可|绝不|从不|禁止|避免|切勿|讨厌|害怕|别/i;

const machine =
  /\b(?:A\.?I|an? ai|robot(?:ic)?|android|automaton|cyborg|chatbot|droid|mech|artificial intelligence|artificial mind|sentient (?:computer|program|machine|ship)|(?:ship|station|house|on-?board|main)(?:'s|board)? (?:computer|mind)|mainframe|supercomputer|hologram|virtual (?:assistant|companion|being)|digital (?:assistant|being|companion)|language model|clockwork|synthetic (?:human|person|being|mind)|machine intelligence)\b|\b(?:kind|type|species|race|being)\s*[:=]\s*(?:machine|computer|program|synthetic)|人工智能|人工智慧|机器人|機器人|仿生人|仿生|智械|主机|主機|主脑|电脑|計算機|计算机|机械|機械|智能助手|智能管家|虚拟助手|虚拟人|全息|数字生命|(?<![A-Za-z])(?:AI|ai)(?![A-Za-z])/i;

const assistant =
  /\b(?:language model|chatbot|(?:virtual|AI|digital) assistant)\b|语言模型|聊天机器人|AI助手|智能助手/i;

const narrator =
  /\b(?:narrators?|narrates?|narrating|game ?master|dungeon ?master|story ?master|GM|DM|keeper of (?:the )?game|second[- ]person|text[- ]adventure|interactive fiction)\b|旁白|第二人称|第二人稱|叙述者|敘述者|讲述者|游戏主持|遊戲主持|跑团主持|地下城主|城主DM|文字冒险|互动小说|(?<![A-Za-z])(?:GM|DM|KP)(?![A-Za-z])/i;

const spares =
  /\b(?:never|not|don't|without|avoid)\b[^.\n]{0,40}\b(?:speak\w*|act\w*|talk\w*|decid\w*|control\w*|answer\w*|writ\w*)\b[^.\n]{0,30}\b(?:for|as|of|behalf)\b[^.\n]{0,12}\b(?:user|player|reader|them|\{\{user\}\})|(?:不|别|勿|禁止|绝不)[^。\n]{0,6}(?:替|代替|代|控制|操控)[^。\n]{0,4}(?:用户|玩家|读者|对方|使用者)/i;

const silent =
  /\b(?:mute|wordless|speechless|(?:does not|doesn't|cannot|can't|never|no longer) (?:speaks?|talks?)(?!,? (?:or|and|for|as|about|of|in|with|to|over|on) )|has no voice|one[- ]word (?:answers|replies)|(?:answers|replies|speaks) (?:only )?(?:in|with) (?:one word|single words|grunts|sounds|gestures))\b|哑巴|失语|不会说话|不能说话|从不说话|不说话|不开口|只用一个字|一个字一个字|惜字如金|只会(?:叫|发出)/i;

const mixing =
  /\b(?:bilingual|trilingual|multilingual|polyglot|code[- ]?switch\w*|mix(?:es|ing)? (?:languages|english|chinese)|slips? into|peppers?|sprinkles?|interpreter|translator|linguist|language (?:teacher|tutor|partner|coach|exchange)|learning (?:english|chinese|mandarin|french|spanish|german|japanese))\b|双语|中英|夹杂|混用|翻译|译者|口译|外语|英语老师|英文老师|中文老师|语伴|留学|海归|多语/i;

const twoLanguages =
  /languages?\s*[:：][^\n]*(?:,|\/|&|\band\b|\+)|语言\s*[:：][^\n]*(?:、|，|和|与|及|\/)[^\n]*(?:语|文)/i;

function statedLanguage(text: string): CardLanguage | null {
  const named =
    /(?:^|\n)[^\S\n]*(?:[-*#>]\s*)?\**(?:languages?|lang|语言|語言)\**\s*[:：=]\s*\**\s*([^\n.;。；]{1,40})/i.exec(
      text,
    )?.[1] ??
    /\b(?:speaks?|talks?|answers?|repl(?:y|ies)|responds?|writes?|chats?)\s+(?:only |always |exclusively |fluent )?(?:in )?(english|chinese|mandarin|cantonese)\b/i.exec(
      text,
    )?.[1] ??
    /(?:用|说|讲|使用|以)(简体中文|中文|汉语|普通话|英文|英语)(?!老师|课)/.exec(text)?.[1];
  if (named === undefined) return null;
  if (/^(?:en\b|en[-_]|english|英)/i.test(named)) return 'en';
  if (
    /^(?:zh\b|zh[-_]|chinese|mandarin|cantonese|simplified|traditional|中|汉|漢|普通话|简体|繁体|國語|国语|粤)/i.test(
      named,
    )
  )
    return 'zh';
  return 'other';
}

function guessedLanguage(text: string): CardLanguage {
  const han = text.match(/[\u4e00-\u9fff]/g)?.length ?? 0;
  const words = text.match(/[A-Za-z]{2,}/g)?.length ?? 0;
  if (han + words < 8) return 'unknown';
  if (/[\u3040-\u30ff\uac00-\ud7af\u0400-\u04ff]/.test(text)) return 'unknown';
  return han > 1.5 * words ? 'zh' : 'en';
}

function catchphrasesOf(text: string): string[] {
  const found: string[] = [];
  for (const [, named = ''] of text.matchAll(
    /(?:catch ?phrases?|mottos?|sayings?|refrains?|signature lines?|口头禅|口頭禪|名言|座右铭)\s*(?:is|are|是|为)?\s*[:：=]?\s*([^\n]{2,160})/gi,
  )) {
    const quoted = [...named.matchAll(/["“「'‘]([^"”」\n]{2,80})["”」'’]/g)].map(([, phrase = '']) => phrase);
    found.push(...(quoted.length > 0 ? quoted : named.split(/\s*(?:\/|\||；|;)\s*/)));
  }
  for (const [, phrase = ''] of text.matchAll(
    /(?:always|often|likes? to|keeps?|loves? to|tends? to|每次|总是|常常|常|老是|喜欢|爱)\s*(?:say(?:s|ing)?|repeat(?:s|ing)?|mutter(?:s|ing)?|end(?:s|ing)? with|说|念叨|挂在嘴边|重复)\s*[:：,，]?\s*["“「'‘]([^"”」\n]{2,80})["”」'’]/gi,
  )) {
    found.push(phrase);
  }
  return [...new Set(found.map((phrase) => phrase.trim()).filter((phrase) => phrase.length >= 2))];
}
