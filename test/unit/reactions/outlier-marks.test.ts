import { describe, expect, it } from 'vitest';

import { outlierMarks } from '../../../pipelines/reactions/outlier-marks.ts';
import type { SessionShape } from '../../../pipelines/reactions/session-shape.ts';
import { drawLogNormal } from '../../../pipelines/maths/draws.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';

const random = createRandom('sessions');
const ordinary: SessionShape[] = Array.from({ length: 400 }, (_, i) => {
  const userTurns = Math.ceil(drawLogNormal(random, 8, 0.5));
  const replies = userTurns + Math.floor(userTurns * 0.2);
  return {
    annotator: `a${i % 20}`,
    session: `s${i}`,
    cohort: i % 2 === 0 ? 'regular-rater' : 'casual-lurker',
    activeSeconds: replies * drawLogNormal(random, 40, 0.3),
    userTurns,
    replies,
    events: 3 * replies,
    busiestTenSeconds: 1 + (i % 3),
    gapMeanSeconds: 45,
    gapSdSeconds: 20,
    shapeHash: `shape ${i}`,
  };
});
const like = (changes: Partial<SessionShape>): SessionShape => ({
  ...(ordinary[0] as SessionShape),
  annotator: 'odd',
  session: 'odd',
  ...changes,
});
const rulesOf = (sessions: readonly SessionShape[], annotator = 'odd') =>
  outlierMarks([...ordinary, ...sessions])
    .marks.filter((mark) => mark.annotator === annotator)
    .map(({ rule, session }) => `${rule} ${session}`);

describe('sessions', () => {
  it('are left alone when ordinary', () => {
    const { marks, off } = outlierMarks(ordinary);
    expect(marks.length).toBeLessThan(8);
    expect(off).toEqual([]);
  });

  it.each<[string, Partial<SessionShape>]>([
    ['active_time', { activeSeconds: 60 * 3600, userTurns: 4000, replies: 5000, events: 15_000 }],
    ['turns', { userTurns: 900 }],
    ['events_a_minute', { events: 9000 }],
    ['seconds_a_reply', { activeSeconds: 3000, replies: 1, events: 40 }],
    ['seconds_a_reply', { activeSeconds: 20, replies: 40, events: 40 }],
    ['burst', { busiestTenSeconds: 25 }],
    ['idle_tab', { activeSeconds: 5 * 3600, events: 12 }],
  ])('are marked by %s', (rule, changes) => {
    expect(rulesOf([like(changes)])).toContain(`${rule} odd`);
  });

  it('are marked against their own cohort, with value and bounds in plain units', () => {
    const [mark] = outlierMarks([...ordinary, like({ userTurns: 900 })]).marks.filter(
      ({ annotator, rule }) => annotator === 'odd' && rule === 'turns',
    );
    expect(mark?.value).toBe(900);
    expect(mark?.high).toBeGreaterThan(20);
    expect(mark?.high).toBeLessThan(200);
    expect(mark?.low).toBeGreaterThanOrEqual(0);
  });

  it('without a duration are judged by the rest only', () => {
    expect(rulesOf([like({ activeSeconds: null })])).toEqual([]);
    expect(rulesOf([like({ activeSeconds: NaN, gapMeanSeconds: 0, gapSdSeconds: 0 })])).toEqual([]);
  });
});

describe('rules that cannot judge are off, and say so', () => {
  it('where more than half are alike', () => {
    const alike = ordinary.map((session) => ({ ...session, userTurns: 5 }));
    const { marks, off } = outlierMarks([...alike, like({ userTurns: 900 })]);
    expect(marks.filter(({ rule }) => rule === 'turns')).toEqual([]);
    expect(off.map(({ rule, cohort }) => `${rule} ${cohort}`)).toEqual([
      'turns casual-lurker',
      'turns regular-rater',
    ]);
    expect(off[0]?.says).toContain('no spread');
  });

  it('where a cohort is small', () => {
    const { marks, off } = outlierMarks(ordinary.slice(0, 40));
    expect(marks).toEqual([]);
    expect(off).toHaveLength(8);
  });

  it('and nothing at all is no fault', () => {
    expect(outlierMarks([])).toEqual({ marks: [], off: [] });
  });
});

describe('annotators', () => {
  const sessions = (count: number, changes: (i: number) => Partial<SessionShape>) =>
    Array.from({ length: count }, (_, i) =>
      like({ session: `odd ${i}`, shapeHash: `odd ${i}`, ...changes(i) }),
    );

  it('are marked as a whole when their turns come like a metronome', () => {
    expect(rulesOf(sessions(6, () => ({ gapMeanSeconds: 30, gapSdSeconds: 0.4 })))).toEqual(['metronome ']);
  });

  it('are marked as a whole when their sessions are all the same', () => {
    expect(rulesOf(sessions(8, (i) => ({ shapeHash: i < 6 ? 'script' : `own ${i}` })))).toEqual([
      'same_sessions ',
    ]);
  });

  it('are not marked for a few, for short or for uneven ones', () => {
    expect(rulesOf(sessions(4, () => ({ gapSdSeconds: 0.1 })))).toEqual([]);
    expect(rulesOf(sessions(9, () => ({ shapeHash: 'hello', events: 4 })))).not.toContain('same_sessions ');
    expect(rulesOf(sessions(9, (i) => ({ gapSdSeconds: i % 2 === 0 ? 0.1 : 15 })))).toEqual([]);
  });
});
