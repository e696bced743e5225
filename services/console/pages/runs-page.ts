import type { RunSummary } from '../../../schemas/runs.ts';
import { instantText } from '../figures.ts';
import { html, type Html } from '../../jobs/html.ts';
import { computedFrom, table } from './parts.ts';
import { verdictMark } from './verdict-mark.ts';

/** Training runs of an app, the latest first. */
export function runsPage(app: string, runs: readonly RunSummary[]): Html {
  return html`${table(
    [
      {
        head: 'Run',
        cell: ({ run }) =>
          html`<a href="/runs/${encodeURIComponent(run)}?app=${encodeURIComponent(app)}"
            ><code>${run}</code></a
          >`,
      },
      { head: 'Verdict', cell: ({ action }) => verdictMark(action) },
      { head: 'Step', number: true, cell: ({ step }) => step ?? '–' },
      { head: 'Baseline', number: true, cell: ({ probes }) => probes.baseline },
      { head: 'Training', number: true, cell: ({ probes }) => probes.training },
      { head: 'Kind', cell: ({ kind }) => kind },
      { head: 'Policy', cell: ({ policy }) => policy ?? '–' },
      { head: 'Dataset', cell: ({ dataset }) => (dataset === null ? '–' : html`<code>${dataset}</code>`) },
      { head: 'Begun', cell: ({ created_at }) => instantText(Date.parse(created_at)) },
    ],
    runs,
    'No run yet: a trainer makes one with PUT /v1/runs/{run}, or tacit runs probe.',
  )}
  ${computedFrom('The verdict is that of the latest evaluation.')}`;
}
