import { fitClustered } from '../../../pipelines/effects/cluster-robust.ts';
import type { Term } from '../../../pipelines/effects/terms.ts';
import { withinTwoWay } from '../../../pipelines/effects/two-way-fixed-effects.ts';
import { drawSigns, testInteractionBlock } from '../../../pipelines/effects/wild-bootstrap.ts';
import type { Random } from '../../../pipelines/maths/random.ts';
import type { AnalysisPlan } from '../../../schemas/analysis-plan.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { readMoments } from './read-moments.ts';

/**
 * Joint p-value of a session's signals for the outcome of the session before it, on which they cannot have had an
 * effect; that session's own signals are held. Null when there are too few annotators for the test.
 */
export async function placeboOutcomePValue(
  warehouse: Warehouse,
  table: string,
  plan: AnalysisPlan,
  random: Random,
): Promise<number | null> {
  const names = plan.signals.map(({ name }) => name as string);
  const columns = [...names, ...names.map(earlier)];
  const terms = columns.map((name, i): Term => ({ kind: 'main', signals: [name], tier: 1, factors: [i] }));
  const rows = await readMoments(warehouse, rowsWithEarlier(table, names), terms, plan);
  if (!rows) return null;
  const within = withinTwoWay(rows.moments);
  if (within.clusters.length < 2) return null;
  const fit = fitClustered(
    within,
    terms.map((_, column) => column),
  );
  const held = names.map((_, i) => names.length + i);
  const signs = drawSigns(random, plan.bootstrap_draws, within.clusters.length);
  const test = testInteractionBlock(within, fit, held, signs);
  return test.answer ? test.pValue : null;
}

const earlier = (name: string) => `earlier_${name}`;

function rowsWithEarlier(table: string, names: readonly string[]): string {
  const story =
    '(PARTITION BY annotator_id ORDER BY started_ms, session_id ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING)';
  const stay = [
    'annotator_id',
    'period',
    'cycle',
    'daypart',
    'model_version',
    ...names.map((name) => `\`${name}\``),
  ];
  const before = [...names, 'outcome'];
  return `(
    SELECT * EXCEPT (preceded, earlier_outcome), earlier_outcome AS outcome, '' AS dropped
    FROM
    (
        SELECT ${stay.join(', ')}, count() OVER ${story} > 0 AS preceded,
            ${before.map((name) => `any(\`${name}\`) OVER ${story} AS ${earlier(name)}`).join(', ')}
        FROM ${table}
        WHERE dropped = ''
    )
    WHERE preceded
)`;
}
