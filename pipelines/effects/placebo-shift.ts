import { signalNames } from '../../schemas/analysis-plan.ts';
import type { ClusterFit } from './cluster-robust.ts';
import { at } from '../maths/matrix.ts';

/**
 * Analysis rows in which each annotator's signals have moved on, in a circle, by 1 + hash(annotator, draw) mod
 * (n - 1) sessions, while outcome and stratum stay: a treatment that cannot have had an effect, with all of the
 * annotator's habits in it. Stands wherever a `source` of analysis rows does.
 * @param draw a whole number from 0
 */
export function shiftedRows(source: string, draw: number): string {
  const stay = ['session_id', 'period', 'cycle', 'daypart', 'model_version', 'outcome'];
  const move = signalNames.map((name) => `\`${name}\``);
  return `(
    SELECT
        annotator_id,
        ${stay.map((name, i) => `kept.${i + 1} AS ${name}`).join(', ')},
        ${move.map((name, i) => `moved[${i + 1}] AS ${name}`).join(', ')},
        '' AS dropped
    FROM
    (
        SELECT
            annotator_id,
            arraySort(x -> (x.1, x.2.1), groupArray((started_ms, (${stay.join(', ')}), [${move.join(', ')}]))) AS story,
            1 + cityHash64(annotator_id, ${Math.trunc(draw)}) % (length(story) - 1) AS shift
        FROM ${source}
        WHERE dropped = ''
        GROUP BY annotator_id
        HAVING length(story) > 1
    )
    ARRAY JOIN
        arrayMap(x -> x.2, story) AS kept,
        arrayMap(x -> x.3, arrayConcat(arraySlice(story, shift + 1), arraySlice(story, 1, shift))) AS moved
)`;
}

/** Mean |estimate / CV3 error| of the placebo fits: .8 for a treatment without effect, over 1.2 errors are too small. */
export function meanAbsoluteZ(fits: readonly ClusterFit[]): number {
  const all = fits.flatMap(({ theta, cv3, columns }) =>
    columns.map((_, j) => Math.abs(at(theta, j)) / Math.sqrt(at(cv3, j * columns.length + j))),
  );
  return all.reduce((sum, z) => sum + z, 0) / all.length;
}
