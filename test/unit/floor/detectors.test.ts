import { describe, expect, it } from 'vitest';

import { characterCardFromText } from '../../../pipelines/floor/character-card.ts';
import { measureReply } from '../../../pipelines/floor/measure-reply.ts';
import type { ReplyMeasures } from '../../../pipelines/floor/measure-reply.ts';

const card = characterCardFromText('Persona: a ferryman.');

const measured = (text: string): ReplyMeasures =>
  measureReply({ text, finishReason: '', previousReplies: [], userText: '', card });

describe('template leftovers', () => {
  it.each([
    '{{char}} smiles.',
    'Good. <|im_end|>',
    'Yes.\nUser: and then?',
    '[INST] Go on.',
    'Hello [your name], sit.',
    'Well, </s> then.',
    'She nods. [UNK] Right.',
    '好的。\n用户：然后呢？',
    '{"reply": "Hello."}',
    'Fine. Assistant: Of course.',
  ])('%s', (text) => expect(measured(text).hasLeftover).toBe(1));

  it.each([
    'She is my assistant: quick and loyal.',
    '[sighs] Fine.',
    'I <3 you.',
    '100% sure, #1 fan, $5 a cup & a smile',
    '用户很多，助手很少。',
    'The system: broken. The human: me.',
  ])('not: %s', (text) => expect(measured(text).hasLeftover).toBe(0));
});

describe('debris', () => {
  it.each([
    'Wait \ufffd here.',
    'donâ€™t',
    'cafÃ©',
    'ä½ å¥½',
    '锟斤拷锟斤拷',
    'the▁cat',
    '&quot;No&quot;',
    '\\u4f60',
    'walk ##ing',
  ])('%s', (text) => expect(measured(text).debris).toBeGreaterThanOrEqual(3));

  it.each([
    'café, naïve, olé”',
    'voilà…',
    'Ærø and Ångström',
    'R&B, AT&T, C#',
    'f#@k this',
    '烫！好烫！',
    '😀🐉',
    '(╯°□°)╯',
  ])('not: %s', (text) => expect(measured(text).debris).toBeLessThan(3));
});

describe('unpaired marks', () => {
  it.each([
    '*nods Come in.',
    'nods* Come in.',
    '"Come in, she says.',
    'Come in," she says. "Sit."',
    '“进来，她说。',
    '进来”她说。',
    '「進來，他說。',
    '**Stop it.',
    '<i>Hm.',
    'Hm.</b>',
    'She smiles. "I knew it.\n\nHe does not say it.',
  ])('%s', (text) => expect(measured(text).brokenMarks).toBeGreaterThan(0));

  it.each([
    '*nods* Come in.',
    '***both*** **bold** *beat*',
    '* one\n* two',
    '*\n*their',
    '*their',
    '6\'2" tall',
    '“a”“b”',
    '"One.\n\n"Two."',
    'f**k off',
    '2*3=6',
    '* * *',
    ':) ;) :( (^_^) (*^▽^*)',
    'a) tea b) rum',
    '„Ja“, sagt er.',
    '"He said \'no\'."',
  ])('not: %s', (text) => expect(measured(text).brokenMarks).toBe(0));
});

describe('loops', () => {
  it.each([
    ['and then we wait, and then we wait, and then we wait, and then we wait', 4, 4],
    ['no no no no no', 1, 5],
    ['我们走吧，我们走吧，我们走吧', 4, 3],
    ['The cat sat. The dog ran.', 0, 1],
  ])('%s', (text, loopWords, loopCopies) => expect(measured(text)).toMatchObject({ loopWords, loopCopies }));

  it('counts sentences that come back', () => {
    const chorus = 'I left the lamp beside the water.';
    expect(
      measured(`${chorus} Rain. ${chorus} Nobody came that night, nobody. ${chorus}`).recurringPercent,
    ).toBeGreaterThan(60);
  });
});

it('reads text of any kind without a fault', () => {
  for (const text of [
    '',
    ' ',
    '\n\n',
    '\ud83d',
    '\u0000',
    '"',
    '*',
    '(',
    '😀',
    'İ',
    'ǅ'.repeat(50),
    'a'.repeat(20_000),
  ]) {
    expect(measured(text).length).toBeGreaterThanOrEqual(0);
  }
});
