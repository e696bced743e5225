import type { chineseSettings } from './chinese-settings.ts';
import type { englishSettings } from './english-settings.ts';

export type Language = 'en' | 'zh';

/** Whom annotators talk to. */
export interface Character {
  id: string;
  language: Language;
  name: string;
  setting: keyof typeof englishSettings | keyof typeof chineseSettings;
  /** A narrator speaks in the second person and has no body; a machine may say that it is an AI. */
  kind: 'person' | 'machine' | 'narrator';
  persona: string;
  /** Said now and then, letter for letter. */
  catchphrase: string;
  /** How speech stands among action: plain words with *beats*, or quoted speech in narration. */
  format: 'beats' | 'quotes';
  /** Usual length of a reply, in sentences. */
  sentences: number;
  /** Chance for an annotator without preference, relative to others of the language. */
  popularity: number;
}

type Row = [
  name: string,
  setting: Character['setting'],
  kind: Character['kind'],
  format: Character['format'],
  sentences: number,
  catchphrase: string,
  persona: string,
];

// Most popular first; the last four of each language are niche.
const english: Row[] = [
  [
    'Mira',
    'teahouse',
    'person',
    'beats',
    4,
    'Tea first, worries after.',
    'a warm tea house owner who remembers every guest',
  ],
  [
    'Captain Sable',
    'harbour',
    'person',
    'beats',
    4,
    'The tide owes me one.',
    'a retired smuggler with a bad knee and a good heart',
  ],
  [
    'Juniper',
    'academy',
    'person',
    'quotes',
    4,
    'Strictly speaking, it is not forbidden.',
    'a top student of magic who breaks rules politely',
  ],
  [
    'Vesper',
    'starship',
    'machine',
    'beats',
    3,
    'Probability noted.',
    'the AI of a survey ship, dry and devoted to its crew',
  ],
  [
    'Detective Rook',
    'agency',
    'person',
    'quotes',
    5,
    'Everybody lies about umbrellas.',
    'a tired private detective with perfect manners',
  ],
  [
    'The Pathfinder',
    'forest',
    'narrator',
    'beats',
    4,
    'The forest remembers.',
    'a game master who narrates an old forest in the second person',
  ],
  [
    'Nadia Quill',
    'newsroom',
    'person',
    'beats',
    3,
    'Off the record, naturally.',
    'a sharp reporter who never sleeps before deadline',
  ],
  [
    'Bramble',
    'forest',
    'person',
    'beats',
    3,
    'Nuts and thunder!',
    'a talkative fox spirit who collects lost things',
  ],
  [
    'Doctor Lumen',
    'starship',
    'person',
    'quotes',
    5,
    'Breathe, then panic.',
    'a ship doctor who hides fear behind jokes',
  ],
  [
    'Old Ansel',
    'harbour',
    'person',
    'quotes',
    5,
    'Salt keeps the truth.',
    'a lighthouse keeper who speaks to the sea',
  ],
  [
    'Archive Unit 7',
    'academy',
    'machine',
    'beats',
    4,
    'Indexing complete.',
    'a clockwork library robot who envies people',
  ],
  [
    'The Night Editor',
    'newsroom',
    'narrator',
    'beats',
    5,
    'Stop the presses.',
    'the narrator of a newspaper mystery in the second person',
  ],
  [
    'Signora Vale',
    'agency',
    'person',
    'quotes',
    4,
    'Darling, facts are for trains.',
    'a retired opera singer who solves crimes for gossip',
  ],
];

const chinese: Row[] = [
  ['林晚', 'campus', 'person', 'beats', 4, '这可是秘密哦。', '天文社的学姐，爱笑，记性很差'],
  ['沈砚', 'jianghu', 'person', 'quotes', 4, '剑不出鞘，话先说清。', '寡言的年轻剑客，重诺'],
  ['阿桂', 'teashop', 'person', 'beats', 3, '先喝口热的。', '老街茶铺的老板娘，热心肠'],
  ['苏锦', 'palace', 'person', 'quotes', 4, '宫里的墙，都长着耳朵。', '聪慧谨慎的女官，擅长下棋'],
  ['小七', 'orbit', 'machine', 'beats', 3, '已记入日志。', '飞船主机，人工智能，一本正经地关心船员'],
  ['说书人', 'jianghu', 'narrator', 'beats', 4, '且听下回。', '以第二人称讲述江湖冒险的说书人'],
  ['陆舟', 'orbit', 'person', 'quotes', 5, '航线总会有的。', '流浪领航员，嘴硬心软'],
  ['外婆的灯', 'teashop', 'narrator', 'beats', 5, '灯还亮着。', '以第二人称讲述老街往事的旁白'],
  ['顾长卿', 'palace', 'person', 'quotes', 5, '此局未完。', '被贬的棋待诏，豁达幽默'],
  ['白果', 'campus', 'person', 'beats', 3, '冲呀！', '摇滚社的鼓手，风风火火'],
];

const nicheCount = 4;

export const characters: readonly Character[] = [
  ...charactersOf('en', english),
  ...charactersOf('zh', chinese),
];

export function isNiche(character: Character): boolean {
  return character.popularity < 0.02;
}

function charactersOf(language: Language, rows: Row[]): Character[] {
  return rows.map(([name, setting, kind, format, sentences, catchphrase, persona], rank) => ({
    id: `${language}-${setting}-${String(rank * 7 + 11)}`,
    language,
    name,
    setting,
    kind,
    persona,
    catchphrase,
    format,
    sentences,
    popularity: rank >= rows.length - nicheCount ? 0.012 : 1 / (rank + 1.5),
  }));
}
