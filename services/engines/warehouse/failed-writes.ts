import { TacitError } from '../../../schemas/errors.ts';

/** A connection of chDB, as far as it is asked here. */
export interface Countable {
  queryAsync(sql: string, options: { format: string }): Promise<{ bytes(): Uint8Array }>;
}

const countFailed =
  "SELECT sum(value) FROM system.events WHERE event = 'WriteBufferFromFileDescriptorWriteFailed'";

/**
 * chDB (3.4.0) takes a write that the system refused, on a full disk say, for one that was made: inserts are answered and
 * merges replace what they read, with parts of empty files. Only when it is opened again it finds them broken, and puts
 * them aside. Meanwhile nothing but its count of such writes tells.
 * @throws TacitError `warehouse_write_failed` once any write of this process has failed
 */
export async function assertNoFailedWrites(connection: Countable): Promise<void> {
  const counted = await connection.queryAsync(countFailed, { format: 'TSV' });
  if (Buffer.from(counted.bytes()).toString().trim() === '0') return;
  throw new TacitError(
    'warehouse_write_failed',
    'a write of the warehouse failed, as on a full disk: free some space, then start again; nothing acknowledged is lost',
  );
}
