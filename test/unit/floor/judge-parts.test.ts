import { describe, expect, it } from 'vitest';

import { defaultAgreementSettings, judgeAgreement } from '../../../pipelines/floor/judge/judge-agreement.ts';
import type { ScoredTwice } from '../../../pipelines/floor/judge/judge-agreement.ts';
import { judgedTextHash } from '../../../pipelines/floor/judge/judge-candidate.ts';
import type { JudgeCandidate, JudgedMessage } from '../../../pipelines/floor/judge/judge-candidate.ts';
import { judgeMessages } from '../../../pipelines/floor/judge/judge-prompt.ts';
import { planJudgeCalls } from '../../../pipelines/floor/judge/plan-judge-calls.ts';
import { scrubText } from '../../../pipelines/floor/judge/scrub-text.ts';
import { verdictsFromAnswer } from '../../../pipelines/floor/judge/verdicts-from-answer.ts';

const card: JudgedMessage = { role: 'system', content: 'A ferryman.' };
const story = Array.from({ length: 50 }, (_, index): JudgedMessage => ({
  role: index % 2 === 0 ? 'user' : 'assistant',
  content: `turn ${index + 1}`,
}));

/** The reply that is the story's nth turn. */
function candidate(turn: number, reply = story[turn - 1]?.content ?? ''): JudgeCandidate {
  const prompt = [card, ...story.slice(0, turn - 1)];
  return { annotatorId: 'a', turnId: `t${turn}`, textHash: judgedTextHash(prompt, reply), prompt, reply };
}

const plan = (candidates: readonly JudgeCandidate[], known: readonly string[] = [], maxCalls = 100) =>
  planJudgeCalls(candidates, { chunkTurns: 20, maxCalls, isKnown: (hash) => known.includes(hash) });

describe('scrubbing', () => {
  it.each([
    ['write to ada.l+x@mail.example.org now', 'write to [mail] now'],
    ['邮箱是zhang.san@qq.com，别忘了', '邮箱是[mail]，别忘了'],
    ['see https://example.org/a?b=1#c.', 'see [url]'],
    ['call +44 20 7946 0958 or (030) 1234-5678', 'call [phone] or [phone]'],
    ['我的电话13812345678', '我的电话[phone]'],
    ['身份证11010519491231002X', '身份证[id]'],
    ['card 4111 1111 1111 1111', 'card [id]'],
    ['id 3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'id [id]'],
    ['ask @river_fox there', 'ask [name] there'],
    ['微信号：river_fox88', '微信号：[id]'],
    ['In 1987 there were 112 steps, 6\'2" of them.', 'In 1987 there were 112 steps, 6\'2" of them.'],
  ])('%s', (text, scrubbed) => expect(scrubText(text)).toBe(scrubbed));
});

describe('the plan of calls', () => {
  it('asks about several replies of one conversation in one call, twenty turns at most', () => {
    const { calls, replies } = plan([2, 4, 18, 20, 22, 40, 50].map((turn) => candidate(turn)));
    expect(calls.map(({ turns, asked }) => [turns.length, asked.map(({ turn }) => turn)])).toEqual([
      [10, [10]],
      [20, [2, 20]],
      [20, [2, 4, 18, 20]],
    ]);
    expect(replies).toBe(7);
    for (const call of calls) expect(call.card).toBe('A ferryman.');
  });

  it('gives another reply in the same place a call of its own', () => {
    const { calls } = plan([candidate(4), candidate(4, 'something else')]);
    expect(calls.map(({ turns }) => turns.at(-1)?.content).sort()).toEqual(['something else', 'turn 4']);
  });

  it('asks nothing twice, keeps to the budget and says what is left', () => {
    const candidates = [2, 22, 42, 42].map((turn) => candidate(turn));
    const known = [candidate(22).textHash];
    expect(plan(candidates, known)).toMatchObject({ replies: 2, known: 1, left: 0 });
    expect(plan(candidates, known, 1)).toMatchObject({ replies: 1, known: 1, left: 1 });
    expect(plan(candidates.toReversed())).toEqual(plan(candidates));
  });
});

it('sends scrubbed text only, the reply and the card too', () => {
  const prompt: JudgedMessage[] = [
    { role: 'system', content: 'Owner: boss@inn.example' },
    { role: 'user', content: 'my number is 13812345678' },
  ];
  const reply = 'see www.inn.example';
  const textHash = judgedTextHash(prompt, reply);
  const { calls } = plan([{ annotatorId: 'a', turnId: 't', textHash, prompt, reply }]);
  const sent = calls
    .flatMap(judgeMessages)
    .map(({ content }) => content)
    .join('\n');
  expect(sent).toContain('[mail]');
  expect(sent).not.toMatch(/boss@|13812345678|www\.inn/);
});

describe('an answer', () => {
  const call = {
    card: '',
    turns: [],
    asked: [
      { turn: 2, textHash: 'h2' },
      { turn: 4, textHash: 'h4' },
    ],
  };

  it('gives the verdicts that were asked for', () => {
    const answer =
      '```json\n{"scores":[{"turn":2,"score":80},{"turn":3,"score":1},{"turn":4,"score":101}]}\n```';
    expect(verdictsFromAnswer(answer, call)).toEqual([{ textHash: 'h2', score: 0.8 }]);
  });

  it.each(['', 'I cannot do that.', '{"scores": 3}', '[]', 'null'])('%s is none', (answer) =>
    expect(verdictsFromAnswer(answer, call)).toBeUndefined(),
  );
});

describe('agreement with people', () => {
  const scores = (both: number, neither: number, apart: number) => [
    ...new Array<ScoredTwice>(both).fill({ human: 0.2, judge: 0.1 }),
    ...new Array<ScoredTwice>(neither).fill({ human: 0.9, judge: 0.8 }),
    ...new Array<ScoredTwice>(apart).fill({ human: 0.9, judge: 0.1 }),
  ];
  const agreement = (both: number, neither: number, apart: number) =>
    judgeAgreement(scores(both, neither, apart), defaultAgreementSettings);

  it('lets a judge drop after a hundred replies on which it agrees beyond chance', () => {
    expect(agreement(40, 50, 10)).toMatchObject({ replies: 100, agreement: 0.9, mayDrop: true });
    expect(agreement(40, 50, 10).kappa).toBeCloseTo(0.8);
    expect(agreement(40, 50, 9).mayDrop).toBe(false);
    expect(agreement(0, 95, 5)).toMatchObject({ kappa: 0, mayDrop: false });
    expect(agreement(0, 100, 0)).toMatchObject({ agreement: 1, kappa: 0, mayDrop: false });
    expect(agreement(0, 0, 0)).toMatchObject({ replies: 0, mayDrop: false });
  });
});
