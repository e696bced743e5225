import type { AsOf } from '../console-figures.ts';
import { countText, instantText } from '../figures.ts';

/** One sentence on what the numbers of a page were computed from. */
export function asOfText({ records, partitions, clock_ms, computed_ms }: AsOf): string {
  const log = `the first ${countText(records)} records of the log (${partitions} ${partitions === 1 ? 'partition' : 'partitions'}, all apps)`;
  return `As of ${log}; the app's clock there: ${instantText(clock_ms)}. Computed ${instantText(computed_ms)}.`;
}
