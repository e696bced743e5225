import type { LineBatch } from './event-lines.ts';
import { sendLines, type Destination } from './send-lines.ts';

export interface SendReport {
  /** Events that were put into requests. */
  readonly sent: number;
  readonly accepted: number;
  readonly rejected: number;
  /** One for each request that was answered. */
  readonly receipts: readonly string[];
}

const connections = 4;

/**
 * Sends all events, a few requests at a time.
 * @param onSent told after each request how many events and bytes went since the start
 * @param signal aborted: what is under way is answered, nothing more is sent
 */
export async function sendAll(
  batches: AsyncGenerator<LineBatch>,
  destination: Destination,
  onSent: (events: number, sizeBytes: number) => void,
  signal?: AbortSignal,
): Promise<SendReport> {
  const receipts: string[] = [];
  let [sent, accepted, rejected, sizeBytes] = [0, 0, 0, 0];

  async function send(batch: LineBatch): Promise<void> {
    const { lines } = batch;
    const answer = await sendLines(batch, destination);
    if (answer) {
      sent += lines.length;
      accepted += answer.accepted;
      rejected += answer.rejected.length;
      receipts.push(answer.receipt);
    } else if (lines.length === 1) {
      sent += 1;
      rejected += 1;
    } else {
      const middle = lines.length >> 1;
      await send({ ...batch, lines: lines.slice(0, middle) });
      await send({ ...batch, lines: lines.slice(middle) });
    }
  }

  async function work(): Promise<void> {
    for (;;) {
      const next: IteratorResult<LineBatch, unknown> = await batches.next();
      if (next.done === true || signal?.aborted === true) return;
      await send(next.value);
      sizeBytes += next.value.sizeBytes;
      onSent(sent, sizeBytes);
    }
  }

  await Promise.all(Array.from({ length: connections }, work));
  return { sent, accepted, rejected, receipts };
}
