import { median, medianAbsoluteDeviation } from 'simple-statistics';

import type { OutlierMark, OutlierReport, OutlierRule } from './outlier-mark.ts';
import type { OutlierSettings } from './outlier-settings.ts';
import type { SessionShape } from './session-shape.ts';

/** What a session shows of itself; null where it cannot tell. Compared on the logarithm of it plus `offset`. */
const fields = [
  { rule: 'active_time', offset: 1, of: ({ activeSeconds }) => activeSeconds },
  { rule: 'turns', offset: 1, of: ({ userTurns }) => userTurns },
  {
    rule: 'events_a_minute',
    offset: 0,
    of: ({ activeSeconds, events }) =>
      activeSeconds === null || activeSeconds < 1 || events < 1 ? null : (60 * events) / activeSeconds,
  },
  {
    rule: 'seconds_a_reply',
    offset: 0,
    of: ({ activeSeconds, replies }) =>
      activeSeconds === null || activeSeconds <= 0 || replies < 1 ? null : activeSeconds / replies,
  },
] as const satisfies readonly {
  rule: OutlierRule;
  offset: number;
  of: (session: SessionShape) => number | null;
}[];

/** Median and median absolute deviation by cohort, both sides. A deviation of 0 would mark everybody else: rule off. */
export function spreadMarks(
  sessions: readonly SessionShape[],
  { deviations, fewestSessions }: OutlierSettings,
): OutlierReport {
  const marks: OutlierMark[] = [];
  const off: { rule: OutlierRule; cohort: string; says: string }[] = [];
  const byCohort = Map.groupBy(sessions, ({ cohort }) => cohort);
  for (const [cohort, own] of [...byCohort].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const { rule, offset, of } of fields) {
      const known = own.flatMap((session) => {
        const value = of(session);
        return value === null || !(value + offset > 0) || value === Infinity
          ? []
          : [{ session, value, log: Math.log(value + offset) }];
      });
      if (known.length < fewestSessions) {
        off.push({
          rule,
          cohort,
          says: `${known.length} sessions tell it; ${fewestSessions} are the least.`,
        });
        continue;
      }
      const logs = known.map(({ log }) => log);
      const [centre, spread] = [median(logs), medianAbsoluteDeviation(logs)];
      if (!(spread > 0)) {
        off.push({ rule, cohort, says: 'More than half of the sessions are alike: no spread to judge by.' });
        continue;
      }
      const low = Math.max(0, Math.exp(centre - deviations * spread) - offset);
      const high = Math.exp(centre + deviations * spread) - offset;
      for (const { session, value, log } of known) {
        if (Math.abs(log - centre) <= deviations * spread) continue;
        marks.push({ annotator: session.annotator, session: session.session, rule, value, low, high });
      }
    }
  }
  return { marks, off };
}
