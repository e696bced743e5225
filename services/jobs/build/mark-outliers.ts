import { outlierMarks } from '../../../pipelines/reactions/outlier-marks.ts';
import type { SessionShape } from '../../../pipelines/reactions/session-shape.ts';
import { buildKey } from './build-context.ts';
import type { BuildContext } from './build-context.ts';
import type { Cohorts } from './read-cohorts.ts';
import { createRowWriter } from './row-writer.ts';

export interface Outliers {
  /** Sessions and annotators, as `outlierTest` reads them. */
  readonly marked: ReadonlySet<string>;
  /** Rules that could not be used, and where. */
  readonly rulesOff: string[];
}

/** A closed session in the shape that the rules look at, but for the annotator's cohort on its day. */
export type SessionRow = Omit<SessionShape, 'cohort'> & { readonly dayNumber: number };

/** Nothing of it depends on other steps. */
export async function readSessions({ warehouse, asOf }: BuildContext): Promise<SessionRow[]> {
  return await warehouse.query<SessionRow>({
    sql: sessionsSql,
    parameters: { app: asOf.app, cut: asOf.places },
  });
}

/** Marks sessions and annotators that effects and pairs do without, with the rule that caught each. */
export async function markOutliers(
  context: BuildContext,
  sessions: readonly SessionRow[],
  cohorts: Cohorts,
): Promise<Outliers> {
  const { warehouse, tally, onProgress } = context;
  onProgress('Looking for outliers', 0, 0);
  const { marks, off } = outlierMarks(
    sessions.map((session) => ({
      ...session,
      cohort: cohorts.get(session.annotator)?.get(session.dayNumber) ?? 'unknown',
    })),
  );
  const rows = createRowWriter(warehouse, 'outlier_marks', buildKey(context));
  for (const { annotator, session, rule } of marks) {
    tally.add('outlier', session === '' ? `${rule} (annotator)` : rule, 1);
    await rows.add({ annotator_id: annotator, session_id: session, rule });
  }
  await rows.end();
  return {
    marked: new Set(marks.map(({ annotator, session }) => markOf(annotator, session))),
    rulesOff: off.map(({ rule, cohort, says }) => `${rule} in ${cohort}: ${says}`),
  };
}

const markOf = (annotatorId: string, sessionId: string) => JSON.stringify([annotatorId, sessionId]);

/** Whether a session, or its whole annotator, is marked. */
export function outlierTest(
  marked: ReadonlySet<string>,
): (annotatorId: string, sessionId: string) => boolean {
  const ofAnnotator = new Map<string, Set<string>>();
  for (const mark of marked) {
    const [annotatorId = '', sessionId = ''] = JSON.parse(mark) as string[];
    ofAnnotator.set(annotatorId, (ofAnnotator.get(annotatorId) ?? new Set()).add(sessionId));
  }
  return (annotatorId, sessionId) => {
    const sessions = ofAnnotator.get(annotatorId);
    return sessions !== undefined && (sessions.has('') || sessions.has(sessionId));
  };
}

/** Bursts are looked for in a session's first 500 deeds. */
const sessionsSql = `
WITH
    deeds AS
    (
        SELECT
            annotator_id,
            session_id,
            arraySlice(arraySort(groupArrayIf(corrected_ms, type IN ('like', 'regenerate', 'choose', 'edit'))), 1, 500) AS feedback,
            arrayMap(ms -> ms / 1000, arraySort(groupArrayIf(corrected_ms, type = 'turn' AND role = 'user'))) AS asked,
            hex(sipHash128(arraySort((kind, at) -> at, groupArray(concat(type, ' ', role)), groupArray(ord)))) AS shape
        FROM events_timed(app = {app:String}, cut = {cut:Array(UInt64)})
        WHERE session_id != '' AND type IN ('turn', 'regenerate', 'like', 'choose', 'edit')
        GROUP BY annotator_id, session_id
    ),
    gapped AS (SELECT * EXCEPT asked, arraySlice(arrayDifference(asked), 2) AS gaps FROM deeds)
SELECT
    s.annotator_id AS annotator,
    s.session_id AS session,
    toInt32(toDate(fromUnixTimestamp64Milli(s.started_ms, 'UTC'))) AS dayNumber,
    if(s.has_duration, s.active_ms / 1000, NULL) AS activeSeconds,
    if(s.has_duration, s.total_ms / 1000, NULL) AS totalSeconds,
    s.user_turns AS userTurns,
    s.replies AS replies,
    s.events AS events,
    arrayMax(arrayPushBack(arrayMap(at -> arrayCount(ms -> ms >= at AND ms < at + 10000, g.feedback), g.feedback), 0)) AS busiestTenSeconds,
    if(length(g.gaps) < 4, NULL, arrayAvg(g.gaps)) AS gapMeanSeconds,
    if(length(g.gaps) < 4, NULL, sqrt(greatest(0, arrayAvg(gap -> gap * gap, g.gaps) - arrayAvg(g.gaps) * arrayAvg(g.gaps)))) AS gapSdSeconds,
    g.shape AS shapeHash
FROM sessions(app = {app:String}, cut = {cut:Array(UInt64)}) AS s
LEFT JOIN gapped AS g ON s.annotator_id = g.annotator_id AND s.session_id = g.session_id
WHERE s.closed
ORDER BY annotator, session`;
