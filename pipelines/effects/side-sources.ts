/**
 * Analysis rows seen otherwise, for diagnostics: each stands wherever a `source` of analysis rows does. Rows are chosen
 * in an inner query: a condition beside `'' AS dropped` would be about the alias.
 */

const strata = 'period, cycle, daypart, model_version';
const quoted = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');

/** Name of a signal of the session before or after. */
export const neighbourName = (name: string) => `neighbour_${name}`;

/**
 * Sessions with the signals of a neighbour of the same annotator. `before`: the outcome is the neighbour's, on which
 * this session's signals cannot have acted. `after`: the outcome is this session's, and the neighbour's signals come
 * too late for it.
 */
export function rowsWithNeighbour(
  source: string,
  names: readonly string[],
  neighbour: 'before' | 'after',
): string {
  const place = neighbour === 'before' ? '1 PRECEDING AND 1 PRECEDING' : '1 FOLLOWING AND 1 FOLLOWING';
  const story = `(PARTITION BY annotator_id ORDER BY started_ms, session_id ROWS BETWEEN ${place})`;
  const outcome = neighbour === 'before' ? `any(outcome) OVER ${story}` : 'outcome';
  return `(
    SELECT * EXCEPT (has_neighbour), '' AS dropped
    FROM
    (
        SELECT annotator_id, ${strata}, ${quoted(names)}, ${outcome} AS outcome, count() OVER ${story} > 0 AS has_neighbour,
            ${names.map((name) => `any(\`${name}\`) OVER ${story} AS ${neighbourName(name)}`).join(', ')}
        FROM (SELECT * FROM ${source} WHERE dropped = '')
    )
    WHERE has_neighbour
)`;
}

/** Every session that could have had an outcome; the outcome is whether it has. */
export const rowsByPresence = (source: string, names: readonly string[]) => `(
    SELECT annotator_id, ${strata}, ${quoted(names)}, present AS outcome, '' AS dropped
    FROM
    (
        SELECT annotator_id, ${strata}, ${quoted(names)}, toFloat64(dropped != 'no_outcome') AS present
        FROM ${source}
        WHERE dropped IN ('', 'no_outcome', 'few_sessions')
    )
)`;

/** Sessions whose first reply tells how long it took; that is the outcome. */
export const rowsByLatency = (source: string, names: readonly string[]) => `(
    SELECT annotator_id, ${strata}, ${quoted(names)}, latency AS outcome, '' AS dropped
    FROM (SELECT * FROM ${source} WHERE dropped = '' AND isFinite(latency))
)`;

/** Sessions whose horizon is over, whatever has come for them. */
export const settledRows = (source: string) => `(SELECT * FROM ${source} WHERE settled)`;

/** Signals less the annotator's own mean of them, in the signal's unit; means are of integers, so in any order alike. */
export const demeanedRows = (source: string, names: readonly string[]) => `(
    SELECT annotator_id, ${strata}, outcome, '' AS dropped,
        ${names
          .map(
            (name) =>
              `\`${name}\` - sum(toInt128(round(\`${name}\` * 1048576))) OVER own / 1048576 / count() OVER own AS \`${name}\``,
          )
          .join(', ')}
    FROM (SELECT * FROM ${source} WHERE dropped = '')
    WINDOW own AS (PARTITION BY annotator_id)
)`;

/** Annotators with a share of the sessions at most, drawn by name. @param share in (0, 1] */
export const someAnnotators = (source: string, share: number) =>
  share >= 1
    ? source
    : `(SELECT * FROM ${source} WHERE cityHash64(annotator_id) % 1000003 < ${Math.floor(share * 1000003)})`;
