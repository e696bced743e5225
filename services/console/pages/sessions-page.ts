import type { AsOf } from '../console-figures.ts';
import { countText, measureText } from '../figures.ts';
import { html, type Html } from '../../jobs/html.ts';
import type { SessionSignals, SignalSummary } from '../queries/session-signals.ts';
import { asOfText } from './as-of-text.ts';
import { bars, computedFrom, figure, figures, table } from './parts.ts';

const meanings: Readonly<Record<SignalSummary['signal'], string>> = {
  active_time: 'ln(1 + active seconds)',
  turns: 'ln(1 + user turns)',
  regenerate: 'regenerations / replies shown',
  like: 'replies liked / replies shown',
  dislike: 'replies disliked / replies shown',
};

/** What sessions look like, signal by signal. */
export function sessionsPage(all: SessionSignals & { readonly as_of: AsOf }): Html {
  const { sessions, closed, closed_without_duration: withoutDuration, days } = all;
  return html` ${figures(
      figure('Sessions', sessions),
      figure('Closed', closed, 'only these are analysed'),
      figure('Replies shown', all.replies),
      figure('Regenerations', all.regenerations),
      figure('Likes', all.likes),
      figure('Dislikes', all.dislikes),
    )}
    ${computedFrom(asOfText(all.as_of))}

    <h2>Signals of closed sessions</h2>
    ${table(
      [
        { head: 'Signal', cell: ({ signal }) => html`<code>${signal}</code>` },
        { head: 'Is', cell: ({ signal }) => meanings[signal] },
        { head: 'Sessions', number: true, cell: (row) => row.sessions },
        { head: 'Mean', number: true, cell: ({ mean }) => measureText(mean) },
        { head: 'SD', number: true, cell: ({ sd }) => measureText(sd) },
        { head: '10 %', number: true, cell: ({ p10 }) => measureText(p10) },
        { head: 'Median', number: true, cell: ({ median }) => measureText(median) },
        { head: '90 %', number: true, cell: ({ p90 }) => measureText(p90) },
      ],
      all.signals,
      '',
    )}
    ${computedFrom(
      `From ${countText(closed)} closed sessions; ${countText(withoutDuration)} of them sent no session_duration and have no active_time (left out of it, never zero); sessions without a reply have no rates.`,
    )}

    <h2>Sessions begun each day</h2>
    ${
      days.length === 0
        ? html`<p class="empty">No sessions yet.</p>`
        : bars(
            days.map(({ day, sessions: begun }) => ({ label: day, value: begun })),
            'sessions',
          )
    }
    ${days.length === 0 ? undefined : computedFrom(`${countText(sessions)} sessions by the UTC date of their first event, in corrected time; days without a session are not shown.`)}`;
}
