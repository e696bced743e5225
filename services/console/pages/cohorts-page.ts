import type { AsOf } from '../console-figures.ts';
import { countText, shareText } from '../figures.ts';
import { html, type Html } from '../../jobs/html.ts';
import { activities, preferences, type CohortCounts } from '../queries/cohort-counts.ts';
import { asOfText } from './as-of-text.ts';
import { cellBar, computedFrom, table } from './parts.ts';

/** Annotators by activity and preference. */
export function cohortsPage(all: CohortCounts & { readonly as_of: AsOf }): Html {
  const { cohorts, annotators } = all;
  if (annotators === 0) {
    return html`<p class="empty">No annotators yet.</p>
      ${computedFrom(asOfText(all.as_of))}`;
  }
  const countOf = (matches: (cohort: (typeof cohorts)[number]) => boolean) =>
    cohorts.filter(matches).reduce((sum, cohort) => sum + cohort.annotators, 0);
  const most = Math.max(...cohorts.map((cohort) => cohort.annotators));
  const cell = (count: number) =>
    count === 0
      ? html`<td class="heat">0</td>`
      : html`<td class="heat">${countText(count)}${cellBar(count, most)}</td>`;
  const rate = (part: number, whole: number) => (whole === 0 ? '–' : shareText(part / whole));
  return html` <h2>Activity × preference</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Annotators</th>
            ${preferences.map((name) => html`<th scope="col" class="number">${name}</th>`)}
            <th scope="col" class="number">all</th>
          </tr>
        </thead>
        <tbody>
          ${activities.map(
            (activity) =>
              html`<tr>
                <th scope="row">${activity}</th>
                ${preferences.map((preference) =>
                  cell(countOf((cohort) => cohort.activity === activity && cohort.preference === preference)),
                )}
                <td class="number">${countText(countOf((cohort) => cohort.activity === activity))}</td>
              </tr>`,
          )}
          <tr>
            <th scope="row">all</th>
            ${preferences.map(
              (preference) =>
                html`<td class="number">
                  ${countText(countOf((cohort) => cohort.preference === preference))}
                </td>`,
            )}
            <td class="number">${countText(annotators)}</td>
          </tr>
        </tbody>
      </table>
    </div>
    ${computedFrom(
      `${countText(annotators)} annotators, each in the cohort of the last day on which they did anything (judged by the days before it), from days ${all.first_day ?? ''} to ${all.last_day ?? ''} UTC. ${asOfText(all.as_of)}`,
    )}
    <h2>What they do</h2>
    ${table(
      [
        { head: 'Cohort', cell: (cohort) => `${cohort.activity}-${cohort.preference}` },
        { head: 'Annotators', number: true, cell: (cohort) => cohort.annotators },
        { head: 'Session days', number: true, cell: (cohort) => cohort.sessions },
        { head: 'Replies', number: true, cell: (cohort) => cohort.replies },
        { head: 'Reactions a reply', number: true, cell: (cohort) => rate(cohort.reactions, cohort.replies) },
        {
          head: 'Regenerations a reply',
          number: true,
          cell: (cohort) => rate(cohort.regenerations, cohort.replies),
        },
      ],
      cohorts,
      '',
    )}
    ${computedFrom('Over all days of these annotators. A session that runs past midnight UTC counts on both days.')}`;
}
