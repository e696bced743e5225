import { signalNames } from '../../schemas/analysis-plan.ts';
import type { ClusterFit } from './cluster-robust.ts';
import { at } from '../maths/matrix.ts';

/**
 * Analysis rows in which each annotator's signals have moved on, in a circle, by 1 + hash(annotator, draw) mod
 * (n - 1) sessions, while outcome and stratum stay: a treatment that cannot have had an effect, with all of the
 * annotator's habits in it. All draws in one scan: the annotator is called `name|draw`. Stands wherever a `source` of
 * analysis rows does.
 * @param draws how many
 */
export function shiftedRows(source: string, draws: number): string {
  const stay = ['session_id', 'period', 'cycle', 'daypart', 'model_version', 'outcome'];
  const move = signalNames.map((name) => `\`${name}\``);
  return `(
    SELECT
        concat(of_annotator, '|', toString(draw)) AS annotator_id,
        ${stay.map((name, i) => `kept.${i + 1} AS ${name}`).join(', ')},
        ${move.map((name, i) => `moved[${i + 1}] AS ${name}`).join(', ')},
        '' AS dropped
    FROM
    (
        SELECT of_annotator, draw, story, 1 + cityHash64(of_annotator, draw) % (length(story) - 1) AS shift
        FROM
        (
            SELECT
                annotator_id AS of_annotator,
                arraySort(x -> (x.1, x.2.1), groupArray((started_ms, (${stay.join(', ')}), [${move.join(', ')}]))) AS story
            FROM ${source}
            WHERE dropped = ''
            GROUP BY of_annotator
            HAVING length(story) > 1
        )
        ARRAY JOIN range(${Math.trunc(draws)}) AS draw
    )
    ARRAY JOIN
        arrayMap(x -> x.2, story) AS kept,
        arrayMap(x -> x.3, arrayConcat(arraySlice(story, shift + 1), arraySlice(story, 1, shift))) AS moved
)`;
}

/** Mean |estimate / CV3 error| of the placebo fits: .8 for a treatment without effect, over 1.2 errors are too small. */
export function meanAbsoluteZ(fits: readonly Pick<ClusterFit, 'theta' | 'cv3' | 'columns'>[]): number {
  const all = fits.flatMap(({ theta, cv3, columns }) =>
    columns.map((_, j) => Math.abs(at(theta, j)) / Math.sqrt(at(cv3, j * columns.length + j))),
  );
  return all.reduce((sum, z) => sum + z, 0) / all.length;
}
