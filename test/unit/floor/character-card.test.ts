import { describe, expect, it } from 'vitest';

import { characterCardFromText } from '../../../pipelines/floor/character-card.ts';

const read = characterCardFromText;

describe('a character card', () => {
  it.each([
    ['Language: English\nA Chinese tea master.', 'en', true],
    ['语言：中文\n英国管家', 'zh', true],
    ['**Language**: zh-CN', 'zh', true],
    ['Language: Spanish', 'other', true],
    ['Old sailor who always replies in English, whatever happens.', 'en', true],
    ['请始终用中文回答。', 'zh', true],
    ['A tired detective who lives above a bakery and hates pigeons.', 'en', false],
    ['她是老街茶铺的老板娘，热心肠，爱打听。', 'zh', false],
    ['', 'unknown', false],
  ] as const)('%s: language %s', (text, language, stated) => {
    expect(read(text)).toMatchObject({ language, languageStated: stated });
  });

  it.each([
    ['Kind: machine', true],
    ['You are the AI of a ship.', true],
    ['a clockwork library robot', true],
    ['身份：人工智能', true],
    ['退役的战斗机器人', true],
    ['A knight. Never say that you are an AI language model.', false],
    ['A painter. Do not reveal that you are a chatbot.', false],
    ['剑客。不要说自己是人工智能。', false],
    ['She said it rained in the air.', false],
    ['a rebel who hunts robots', false],
  ])('%s: AI %s', (text, isAi) => expect(read(text).isAi).toBe(isAi));

  it.each([
    ['Kind: narrator', true],
    ['You are a game master.', true],
    ['以第二人称讲述的旁白', true],
    ['Speech stands in double quotes, the rest is narration.', false],
    ['对白写在“”里，其余是叙述。', false],
  ])('%s: narrator %s', (text, isNarrator) => expect(read(text).isNarrator).toBe(isNarrator));

  it('knows who does not speak, and does not mistake a rule for it', () => {
    expect(read('A mute swordswoman.').isSilent).toBe(true);
    expect(read('她是哑巴。').isSilent).toBe(true);
    expect(read('Stay in character, never speak or act for the user.').isSilent).toBe(false);
  });

  it('finds rules that spare the user', () => {
    expect(read('Stay in character, never speak or act for the user.').sparesUser).toBe(true);
    expect(read('不替用户说话或行动').sparesUser).toBe(true);
    expect(read('A talkative fox.').sparesUser).toBe(false);
  });

  it('finds catchphrases, named and quoted', () => {
    expect(read('Catchphrase: The tide owes me one.').catchphrases).toEqual(['The tide owes me one.']);
    expect(read('口头禅：“此局未完。”').catchphrases).toEqual(['此局未完。']);
    expect(read('He always says "so it goes" when somebody dies.').catchphrases).toEqual(['so it goes']);
  });

  it('knows who mixes languages', () => {
    expect(read('A bilingual barista from Montreal.').mayMixLanguages).toBe(true);
    expect(read('Languages: English, Chinese').mayMixLanguages).toBe(true);
    expect(read('说话中英夹杂的海归').mayMixLanguages).toBe(true);
    expect(read('Language: English').mayMixLanguages).toBe(false);
  });
});
