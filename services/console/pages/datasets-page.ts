import type { DatasetSummary } from '../../../schemas/build-report.ts';
import { instantText } from '../figures.ts';
import { html, type Html } from '../../jobs/html.ts';
import { computedFrom, table } from './parts.ts';

/** Dataset versions of an app, the latest first. */
export function datasetsPage(app: string, datasets: readonly DatasetSummary[]): Html {
  return html`${table(
    [
      {
        head: 'Dataset',
        cell: ({ dataset }) =>
          html`<a href="/datasets/${encodeURIComponent(dataset)}?app=${encodeURIComponent(app)}"
            ><code>${dataset}</code></a
          >`,
      },
      { head: 'Built', cell: ({ created_at }) => instantText(Date.parse(created_at)) },
      { head: 'Pairs', number: true, cell: ({ pairs }) => pairs },
      { head: 'Train', number: true, cell: ({ rows }) => rows.train },
      { head: 'Test', number: true, cell: ({ rows }) => rows.test },
      { head: 'Annotators', number: true, cell: ({ annotators }) => annotators },
      { head: 'From events', number: true, cell: ({ events }) => events },
    ],
    datasets,
    'No dataset yet: tacit build makes one.',
  )}
  ${computedFrom('A dataset never changes. The same recipe (cut, settings, code version, seed) is the same dataset.')}`;
}
