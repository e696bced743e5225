import { TacitError } from '../../../schemas/errors.ts';
import type { PartitionOffsets } from './event-log.ts';

/**
 * Refuses an offset that the log does not hold, so that no driver begins somewhere else in silence.
 * @throws TacitError `log_gap` (below the first record held) or `log_replaced` (beyond the end).
 */
export function requireHeldOffset(topic: string, offset: number, held: PartitionOffsets): void {
  const details = { topic, offset, ...held };
  const where = `${topic} partition ${String(held.partition)}`;
  if (offset < held.low) {
    throw new TacitError(
      'log_gap',
      `${where} begins at ${String(held.low)}, but ${String(offset)} is the next that is needed: records are lost`,
      { details },
    );
  }
  if (offset > held.high) {
    throw new TacitError(
      'log_replaced',
      `${where} ends at ${String(held.high)}, but ${String(offset)} was reached before: this is another log`,
      { details },
    );
  }
}
