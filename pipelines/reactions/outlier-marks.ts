import type { OutlierReport } from './outlier-mark.ts';
import { idleTabMarks, burstMarks } from './outlier-sessions.ts';
import { defaultOutlierSettings } from './outlier-settings.ts';
import type { OutlierSettings } from './outlier-settings.ts';
import { scriptedMarks } from './scripted-annotators.ts';
import type { SessionShape } from './session-shape.ts';
import { spreadMarks } from './spread-marks.ts';

/**
 * Sessions and annotators that are left out of effects and pairs, each with the rule that caught it. Reads fields that
 * come before reactions and outcome only: a rule on a rate or on the outcome would select on what is analysed.
 */
export function outlierMarks(
  sessions: readonly SessionShape[],
  settings: OutlierSettings = defaultOutlierSettings,
): OutlierReport {
  const spread = spreadMarks(sessions, settings);
  const marks = [
    ...spread.marks,
    ...burstMarks(sessions, settings),
    ...idleTabMarks(sessions, settings),
    ...scriptedMarks(sessions, settings),
  ];
  return { marks, off: spread.off };
}
