import { TacitError } from '../../../schemas/errors.ts';
import { receiptAnswer, type ReceiptAnswer } from '../../../schemas/ingest-http.ts';
import type { Destination } from './send-lines.ts';

const connections = 4;
const pauseMs = 250;
/** Nothing becoming queryable for this long is a fault of the server. */
const patienceMs = 120_000;

/**
 * Waits until every event of the receipts stands in the warehouse.
 * @param onQueryable told how many of the receipts are through
 * @returns how many of the events had been delivered before
 * @throws TacitError `warehouse_unavailable`
 */
export async function waitUntilQueryable(
  receipts: readonly string[],
  destination: Destination,
  onQueryable: (receipts: number) => void,
): Promise<{ readonly duplicates: number }> {
  const left = receipts.values();
  const workers = Math.min(connections, receipts.length);
  let [through, duplicates, waitedMs] = [0, 0, 0];

  async function work(): Promise<void> {
    for (const receipt of left) {
      for (;;) {
        const answer = await ask(receipt, destination);
        if (answer?.queryable === true) {
          duplicates += answer.duplicates;
          break;
        }
        if (waitedMs >= workers * patienceMs) throw stuck(destination.url);
        await destination.sleep(pauseMs);
        waitedMs += pauseMs;
      }
      waitedMs = 0;
      through += 1;
      onQueryable(through);
    }
  }

  await Promise.all(Array.from({ length: workers }, work));
  return { duplicates };
}

/** @returns undefined when the server cannot tell now */
async function ask(receipt: string, { url, key }: Destination): Promise<ReceiptAnswer | undefined> {
  const answer = await fetch(new URL(`/v1/receipts/${receipt}`, url), {
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(30_000),
  }).catch(() => undefined);
  if (answer?.status === 503 && !answer.headers.has('retry-after')) throw cannotTell(url);
  if (!answer?.ok) return undefined;
  return receiptAnswer.safeParse(await answer.json().catch(() => undefined)).data;
}

function cannotTell(url: string): TacitError {
  const message = `the events are safe in the log of ${url}, but that process has no warehouse and cannot say when they are queryable; see tacit doctor where the warehouse is`;
  return new TacitError('warehouse_unavailable', message);
}

function stuck(url: string): TacitError {
  const message = `the events are safe in the log of ${url}, but nothing reached the warehouse for two minutes; see tacit doctor`;
  return new TacitError('warehouse_unavailable', message, { retriable: true });
}
