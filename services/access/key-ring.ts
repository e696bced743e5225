import { hash, timingSafeEqual } from 'node:crypto';

import { apiKeyRecord, type ApiKeyRecord, type KeyScope } from '../../schemas/api-key.ts';
import { TacitError } from '../../schemas/errors.ts';
import type { EventLog, StoredRecord } from '../engines/event-log/event-log.ts';
import { registryTopic } from '../engines/event-log/topics.ts';
import { apiKeyFromText, newApiKeyParts, textFromApiKey } from './api-key-text.ts';

export interface KeyRing {
  /** The key's record; undefined when there is no such key, its secret differs, or it is revoked. */
  authenticate(key: string): ApiKeyRecord | undefined;
  /** All keys, revoked ones included, oldest first. */
  list(app?: string): readonly ApiKeyRecord[];
  /** Makes a key; its text is in the answer and nowhere else. Resolves when the key is durable. */
  create(app: string, scope: KeyScope): Promise<{ readonly record: ApiKeyRecord; readonly key: string }>;
  /** Takes a key out of use, for good. Throws TacitError `not_found`. */
  revoke(id: string): Promise<ApiKeyRecord>;
  /** Settles when the ring no longer follows the log: rejects with the fault that ended it. Watch it at once. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

export interface KeyRingOptions {
  readonly eventLog: EventLog;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** As many random bytes as asked for. */
  readonly random: (bytes: number) => Uint8Array;
}

const recordType = 'api_key';
const nobodysHash = Buffer.alloc(32);
const provenKeys = 1_000;

/**
 * Follows the registry topic and answers from memory. What this ring creates or revokes counts at once; what another
 * process does counts as soon as the log hands it over.
 */
export async function createKeyRing({ eventLog, clock, random }: KeyRingOptions): Promise<KeyRing> {
  const keys = new Map<string, ApiKeyRecord>();
  /** Key texts whose secrets were found right, with their ids: a client sends its key with every request. */
  const proven = new Map<string, string>();

  function learn(record: ApiKeyRecord): void {
    // A copy made before the revocation may arrive after it.
    if (keys.get(record.id)?.revoked_ms === undefined) keys.set(record.id, record);
  }

  async function publish(record: ApiKeyRecord): Promise<void> {
    const value = JSON.stringify(record);
    await eventLog.append(registryTopic, [
      { key: `api-key/${record.id}`, type: recordType, version: 1, value },
    ]);
    learn(record);
  }

  const following = await eventLog.follow(registryTopic, (record) => {
    const key = keyFromRecord(record);
    if (key) learn(key);
  });

  return {
    authenticate(text) {
      let id = proven.get(text);
      if (id === undefined) {
        const parts = apiKeyFromText(text);
        if (!parts) return undefined;
        const secretHash = keys.get(parts.id)?.secret_sha256;
        const expected = secretHash === undefined ? nobodysHash : Buffer.from(secretHash, 'hex');
        if (!timingSafeEqual(hash('sha256', parts.secret, 'buffer'), expected)) return undefined;
        id = parts.id;
        if (proven.size >= provenKeys) proven.clear();
        proven.set(text, id);
      }
      const record = keys.get(id);
      return record?.revoked_ms === undefined ? record : undefined;
    },
    list(app) {
      const all = [...keys.values()].filter((key) => app === undefined || key.app === app);
      return all.sort((a, b) => a.created_ms - b.created_ms || (a.id < b.id ? -1 : 1));
    },
    async create(app, scope) {
      const parts = newApiKeyParts(random);
      const secretHash = hash('sha256', parts.secret, 'hex');
      const record = { id: parts.id, app, scope, secret_sha256: secretHash, created_ms: clock() };
      await publish(record);
      return { record, key: textFromApiKey(parts) };
    },
    async revoke(id) {
      const record = keys.get(id);
      if (!record) throw new TacitError('not_found', `there is no key ${id}`);
      if (record.revoked_ms !== undefined) return record;
      const revoked = { ...record, revoked_ms: clock() };
      await publish(revoked);
      return revoked;
    },
    done: following.done,
    stop: () => following.stop(),
  };
}

function keyFromRecord(record: StoredRecord): ApiKeyRecord | undefined {
  if (record.type !== recordType) return undefined;
  try {
    const parsed = apiKeyRecord.safeParse(JSON.parse(record.value));
    return parsed.success && /^[0-9a-f]{64}$/.test(parsed.data.secret_sha256) ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
