import type { DatasetManifest } from '../../../schemas/build-report.ts';
import { countText, instantText, shareText } from '../figures.ts';
import { html, type Html } from '../../jobs/html.ts';
import { cellBar, computedFrom, figure, figures, table } from './parts.ts';

/** The card of one dataset: what it holds, what it was made from, what was left out and why. */
export function datasetPage(manifest: DatasetManifest): Html {
  const { dataset, pairs, groups, annotators, funnel, splits, sources, cohorts, cut, events, config } =
    manifest;
  // Turns are many times the pairs; on their scale the rest would vanish.
  const most = Math.max(0, ...funnel.filter(({ step }) => step !== 'turn').map(({ count }) => count));
  const byCount = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).sort(([, a], [, b]) => b - a);
  const counts = (head: string, of: Readonly<Record<string, number>>) =>
    table(
      [
        { head, cell: ([name]) => name },
        { head: 'Pairs', number: true, cell: ([, count]) => count },
        { head: '', cell: ([, count]) => cellBar(count, pairs) },
      ],
      byCount(of),
      'No pairs.',
    );
  return html` <p><code>${dataset}</code></p>
    ${figures(
      figure('Pairs', pairs),
      figure('Groups', groups, 'sets of alternatives'),
      figure('Annotators', annotators),
      figure('Train', splits.train.pairs, `${countText(splits.train.annotators)} annotators`),
      figure('Test', splits.test.pairs, `${countText(splits.test.annotators)} annotators`),
      figure('Chosen is longer', pairs === 0 ? '–' : shareText(manifest.chosen_longer / pairs)),
    )}
    ${computedFrom(
      `From ${countText(events)} events before the cut (log ${cut.log_id}, generation ${cut.generation}, the app's clock ${instantText(cut.clock_ms)}); method ${config.method}, pairs across models ${config.cross_model ? 'kept' : 'left out'}, test share ${shareText(config.test_share)}; code ${manifest.code_version}, seed ${manifest.seed}, plan ${manifest.plan_hash}.`,
    )}

    <h2>Funnel</h2>
    ${table(
      [
        { head: 'Step', cell: ({ step }) => step },
        { head: 'Reason', cell: ({ reason }) => reason },
        { head: 'Count', number: true, cell: ({ count }) => count },
        { head: '', cell: ({ step, count }) => (step === 'turn' ? '' : cellBar(count, most)) },
      ],
      funnel,
      'Nothing to count.',
    )}
    ${computedFrom('Candidates = pairs left out by reason + pairs kept. tacit dropped --stage pair lists those left out.')}

    <h2>Source of pairs</h2>
    ${counts('Deed', sources)}

    <h2>Cohort of annotators</h2>
    ${counts('Cohort', cohorts)}

    <h2>Take it out</h2>
    <pre>tacit export ${dataset} --app ${manifest.app} --format trl-dpo --out ./dataset</pre>`;
}
