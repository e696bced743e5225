import { TacitError } from '../../schemas/errors.ts';
import type { EventLog } from '../engines/event-log/event-log.ts';
import { registryTopic } from '../engines/event-log/topics.ts';

const recordType = 'pseudonym_key';

/**
 * Makes sure that a log is only ever written with one pseudonym key: the first process leaves its key's fingerprint
 * in the registry topic, every later one compares. Each fingerprint has a record key of its own, so that of two
 * processes that start at once the earlier offset decides, also after compaction.
 * @throws TacitError `pseudonym_key_mismatch`
 */
export async function assertPseudonymKey(eventLog: EventLog, fingerprint: string): Promise<void> {
  let first = await firstFingerprint(eventLog);
  if (first === undefined) {
    const key = `pseudonym-key/${fingerprint}`;
    const value = JSON.stringify({ fingerprint });
    await eventLog.append(registryTopic, [{ key, type: recordType, version: 1, value }]);
    first = await firstFingerprint(eventLog);
  }
  if (first === fingerprint) return;
  throw new TacitError('pseudonym_key_mismatch', mismatchMessage(first, fingerprint), {
    details: { expected: first, actual: fingerprint },
  });
}

async function firstFingerprint(eventLog: EventLog): Promise<string | undefined> {
  let first: { offset: number; fingerprint: string } | undefined;
  const following = await eventLog.follow(registryTopic, (record) => {
    if (record.type !== recordType || (first && first.offset <= record.offset)) return;
    first = { offset: record.offset, fingerprint: record.key.slice('pseudonym-key/'.length) };
  });
  await Promise.all([following.stop(), following.done]);
  return first?.fingerprint;
}

function mismatchMessage(expected: string | undefined, actual: string): string {
  const nameOf = (fingerprint: string | undefined) =>
    fingerprint === 'off' ? 'pseudonyms off' : `pseudonym key ${fingerprint?.slice(0, 8) ?? 'unknown'}…`;
  return (
    `this log was written with ${nameOf(expected)}, this process has ${nameOf(actual)}: ` +
    'set TACIT_PSEUDONYM_KEY and TACIT_PSEUDONYMS as they were'
  );
}
