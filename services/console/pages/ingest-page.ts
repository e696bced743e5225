import type { IngestFigures } from '../console-figures.ts';
import { countText, instantText } from '../figures.ts';
import { html, type Html } from '../../jobs/html.ts';
import { asOfText } from './as-of-text.ts';
import { bars, cellBar, computedFrom, figure, figures, table } from './parts.ts';

/** What comes in: counts, rates, lag, and what was not taken. */
export function ingestPage(all: IngestFigures): Html {
  const types = Object.entries(all.events).sort(([, a], [, b]) => b - a);
  const total = types.reduce((sum, [, events]) => sum + events, 0);
  const most = types[0]?.[1] ?? 0;
  const lastHour = all.arrivals.minutes.reduce((sum, { events }) => sum + events, 0);
  return html` ${figures(
      figure('Events', total, 'each counted once'),
      figure('Annotators', all.annotators),
      figure('Sessions', all.sessions),
      figure('Turns', all.turns),
      figure('Duplicates', all.duplicates, 'deliveries after the first'),
      figure('Dead letters', all.dead_letters, 'not taken, kept with a reason'),
      figure('Lag', all.lag, 'in the log, not yet queryable'),
    )}
    ${computedFrom(asOfText(all.as_of))}

    <h2>Events received in the last hour</h2>
    ${bars(
      all.arrivals.minutes.map(({ minute_ms, events }) => ({
        label: instantText(minute_ms).slice(11, 16),
        value: events,
      })),
      'events a minute',
    )}
    ${computedFrom(
      `${countText(lastHour)} events by the minute of their receipt, UTC; the last one came ${instantText(all.arrivals.last_received_ms)}.`,
    )}

    <h2>By type</h2>
    ${table(
      [
        { head: 'Type', cell: ([type]) => type },
        { head: 'Events', number: true, cell: ([, events]) => events },
        { head: '', cell: ([, events]) => cellBar(events, most) },
      ],
      types,
      'No events yet. Make a key with tacit keys create --scope write, and send some to POST /v1/events.',
    )}

    <h2>Dead letters by reason</h2>
    ${table(
      [
        { head: 'Reason', cell: ({ reason }) => reason },
        { head: 'Events', number: true, cell: ({ events }) => events },
        { head: 'Last received', cell: ({ last_received_ms }) => instantText(last_received_ms) },
      ],
      all.dead_letters_by_reason,
      'None: every event that came was taken.',
    )}
    ${all.dead_letters_by_reason.length > 0 ? computedFrom('tacit dropped --stage dead-letter lists them, tacit replay --dead-letters sends them again.') : undefined}`;
}
