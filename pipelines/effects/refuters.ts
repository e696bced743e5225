import type { Companions } from './companions.ts';
import { balanceCovariates } from './companions.ts';
import { judged } from './diagnostics.ts';
import type { Diagnostic } from './diagnostics.ts';
import type { EstimatedEffect } from './effect.ts';
import type { AveragedSlope } from './interacted-strata.ts';

/**
 * What refits and placebos say, with its gate and its consequence in plain words. A check that no signal fails is one
 * row with the largest value seen; one that signals fail is a row for each of these.
 */

/** The direct effects beside the same effects of another fit, by term; null where that fit cannot tell. */
export function refitDiagnostics(
  name: string,
  direct: readonly EstimatedEffect[],
  others: readonly (number | null | undefined)[],
  says: { readonly pass: string; readonly warn: string },
): Diagnostic[] {
  const gaps = direct.flatMap((effect, i) => {
    const other = others[i];
    return other === null || other === undefined
      ? []
      : [{ signals: effect.signals, value: Math.abs(other - effect.estimate) / effect.stdError }];
  });
  if (gaps.length === 0) return [];
  return rowsOf(name, gaps, (gap) => gap > 2, says);
}

/** Slopes averaged over strata: far from the pooled ones against both errors, of the slope and of the difference. */
export function averagedDiagnostics(
  name: string,
  direct: readonly EstimatedEffect[],
  others: readonly (AveragedSlope | null)[],
  says: { readonly pass: string; readonly warn: string },
): Diagnostic[] {
  const seen = direct.flatMap((effect, i) => {
    const other = others[i];
    if (!other) return [];
    const gap = Math.abs(other.estimate - effect.estimate);
    return [
      {
        signals: effect.signals,
        value: Math.min((2 * gap) / (3 * other.differenceError), gap / effect.stdError),
      },
    ];
  });
  return seen.length === 0 ? [] : rowsOf(name, seen, (value) => value > 2, says);
}

interface Seen {
  readonly signals: readonly string[];
  readonly value: number;
}

function rowsOf(
  name: string,
  seen: readonly Seen[],
  fails: (value: number) => boolean,
  says: { readonly pass: string; readonly warn: string },
  status: 'warn' | 'fail' = 'warn',
): Diagnostic[] {
  const failed = seen.filter(({ value }) => fails(value));
  if (failed.length === 0) {
    const largest = seen.reduce((most, { value }) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
    return [judged(name, largest, 'pass', says)];
  }
  return failed.map(({ signals, value }) => ({
    ...judged(`${name} of ${signals.join(' x ')}`, value, status, { [status]: says.warn }),
    signals,
  }));
}

/** Sign of each clear effect with one annotator left out, and in random halves of the annotators. */
export function stabilityDiagnostics(
  direct: readonly EstimatedEffect[],
  sameInHalves: readonly number[],
): Diagnostic[] {
  const clear = direct.flatMap((effect, i) =>
    effect.ciLow * effect.ciHigh > 0 ? [{ effect, same: sameInHalves[i] ?? 0 }] : [],
  );
  if (clear.length === 0) return [];
  const ranges = clear.map(({ effect: { signals, estimate, leftOutLow, leftOutHigh } }) => ({
    signals,
    // How near to zero the estimate comes, in itself: below 0 its sign changes.
    value: Math.min(leftOutLow * Math.sign(estimate), leftOutHigh * Math.sign(estimate)) / Math.abs(estimate),
  }));
  const halves = clear.map(({ effect: { signals }, same }) => ({ signals, value: same }));
  return [
    ...rowsOf('one annotator left out', ranges, (value) => value <= 0, {
      pass: 'Every clear effect keeps its sign whichever annotator is left out.',
      warn: 'Without one of the annotators its sign changes.',
    }),
    ...rowsOf('halves of the annotators', halves, (value) => value < 0.9, {
      pass: 'Every clear effect keeps its sign in random halves of the annotators.',
      warn: 'In many halves of the annotators its sign is another: it rests on some of them.',
    }),
  ];
}

/** Fails where a covariate from before the session differs by over .1 sd and more than chance would have it. */
export function balanceDiagnostics(balance: Companions['balance']): Diagnostic[] {
  if (balance.length === 0) return [];
  const failed = balance.filter(
    ({ difference, pAdjusted }) => Math.abs(difference) > 0.1 && pAdjusted < 0.05,
  );
  if (failed.length === 0) {
    const largest = balance.reduce((most, { difference }) => Math.max(most, Math.abs(difference)), 0);
    return [
      judged('balance', largest, 'pass', {
        pass: 'Within annotators and times, signals do not go with what was before the session.',
      }),
    ];
  }
  return failed.map(({ signal, covariate, difference }) => ({
    name: `balance of ${signal}`,
    value: difference,
    status: 'fail',
    says: `It goes with ${balanceCovariates[covariate]}: sessions that differ in it differed before they began.`,
    signals: [signal],
  }));
}

/** What total time would have said in place of active time. */
export function totalTimeDiagnostic(totalTime: Companions['totalTime']): Diagnostic[] {
  if (!totalTime) return [];
  const { active, total } = totalTime;
  const ratio = (fit: typeof active) => Math.abs(fit.time.estimate) - Math.abs(fit.turns.estimate);
  const name = 'total time in place of active time';
  const value = ratio(total);
  if (ratio(active) > 0 && value <= 0)
    return [
      judged(name, value, 'pass', {
        pass: `With total time, turns would seem to matter more than time (${text(total.turns.estimate)} against ${text(total.time.estimate)}); with active time it is the other way round (${text(active.turns.estimate)} against ${text(active.time.estimate)}). Idle time hides the order: read active time only.`,
      }),
    ];
  return [judged(name, value, 'pass', { pass: 'Total time would put time and turns in the same order.' })];
}

const text = (value: number) => value.toFixed(2);

/** A plan that takes total time as its signal is warned whatever the data are. */
export function idleTimeDiagnostic(signals: readonly string[]): Diagnostic[] {
  if (!signals.includes('total_time')) return [];
  return [
    {
      ...judged('idle time of total_time', NaN, 'warn', {
        warn: 'Total time holds idle time, which hands the effect of time to the number of turns: the order of the two cannot be read. Take active_time.',
      }),
      signals: ['total_time'],
    },
    ...(signals.includes('turns')
      ? [
          {
            ...judged('idle time of turns', NaN, 'warn', {
              warn: 'Beside total time, turns take over what active time does: their effect is too large.',
            }),
            signals: ['turns'],
          },
        ]
      : []),
  ];
}

const wordsOfTests = {
  'placebo outcome': {
    pass: 'Signals do not go with the outcome of the session before.',
    fail: 'Signals go with an outcome from before them: something else drives both.',
    none: 'Not examined: too few annotators or sessions for it.',
  },
  'pre-trend': {
    pass: 'Signals of the next session do not go with the outcome of this one.',
    fail: 'Signals of the next session go with the outcome of this one: both follow something that lasts.',
    none: 'Not examined: too few annotators or sessions for it.',
  },
  selection: {
    pass: 'Whether a session has an outcome does not go with its signals.',
    fail: 'Sessions with an outcome differ in their signals from those without: the effects are of the first kind only.',
    none: 'Every session has an outcome, or too few annotators lack one to tell.',
  },
  'negative control': {
    pass: 'Signals do not go with how long the first reply took.',
    fail: 'Signals go with how long the first reply took, which they cannot have caused: load may drive both.',
    none: 'Not examined: no latency is sent, or too few annotators.',
  },
} as const;

/** Not examined is a warning for the placebo outcome, on which the verdict `use` rests. */
export function jointTestDiagnostic(name: keyof typeof wordsOfTests, pValue: number | null): Diagnostic {
  const { pass, fail, none } = wordsOfTests[name];
  if (pValue === null)
    return { name, value: NaN, status: name === 'placebo outcome' ? 'warn' : 'pass', says: none };
  const status = pValue > 0.01 ? 'pass' : name === 'placebo outcome' ? 'fail' : 'warn';
  return { name, value: pValue, status, says: status === 'pass' ? pass : fail };
}

/** Mean size of placebo effects in their own standard errors: .8 where the errors are right. */
export function shiftDiagnostic(value: number | null): Diagnostic {
  const name = 'placebo treatments';
  if (value === null)
    return { name, value: NaN, status: 'warn', says: 'Not examined: too few sessions an annotator.' };
  return judged(name, value, value < 1.2 ? 'pass' : 'warn', {
    pass: 'Signals moved to other sessions of their annotator show no effect.',
    warn: 'Signals moved to other sessions of their annotator show effects: errors are too small.',
  });
}
