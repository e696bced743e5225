import type { Warehouse } from '../../../services/engines/warehouse/warehouse.ts';

/** Columns of the table that is measured on, in the order of the plan's tiers. */
export const signals = ['regenerate', 'like', 'dislike', 'turns', 'active_time'] as const;

/**
 * Analysis rows as a snapshot holds them: sessions of 10,000 uneven annotators in 304 strata (38 weeks x weekday or
 * weekend x 4 times of day). Taste and time move signals and outcome; two pairs of signals interact. Numbers follow
 * from the row's number alone.
 */
export async function makeTable(warehouse: Warehouse, table: string, sessions: number): Promise<void> {
  const unit = (stream: number) => `sipHash64(number, ${stream}) % 1000003 / 1000003`;
  await warehouse.command({
    sql: `
CREATE TABLE ${table} ENGINE = MergeTree ORDER BY annotator_id AS
SELECT
    concat('a', leftPad(toString(g), 6, '0')) AS annotator_id,
    toUInt32(202601 + stratum % 38) AS period,
    toLowCardinality(if(intDiv(stratum, 38) % 2 = 0, 'weekday', 'weekend')) AS cycle,
    toLowCardinality(['night', 'morning', 'afternoon', 'evening'][1 + intDiv(stratum, 76)]) AS daypart,
    toLowCardinality('v1') AS model_version,
    active AS active_time, turned AS turns, discarded AS regenerate, liked AS like, disliked AS dislike,
    0.4 * active + 0.05 * turned - 0.3 * discarded + 0.4 * liked - 0.4 * disliked
        + 0.1 * active * discarded - 0.1 * turned * liked + taste + hour + 2 * (${unit(9)} - 0.5) AS outcome,
    toLowCardinality('') AS dropped
FROM
(
    SELECT
        *,
        0.5 * taste + 0.3 * hour + 3 * ${unit(3)} AS active,
        0.6 * active + 2 * ${unit(4)} AS turned,
        greatest(0, ${unit(5)} - 0.6 - 0.1 * taste) AS discarded,
        greatest(0, ${unit(6)} - 0.5 + 0.1 * taste) AS liked,
        greatest(0, ${unit(7)} - 0.7) AS disliked
    FROM
    (
        SELECT
            number,
            toUInt32(9999 * pow(${unit(1)}, 1.3)) AS g,
            sipHash64(number, 2) % 304 AS stratum,
            sin(g) AS taste,
            sin(stratum) AS hour
        FROM numbers(${sessions})
    )
)`,
  });
}
