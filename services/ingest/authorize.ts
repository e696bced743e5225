import type { ApiKeyRecord, KeyScope } from '../../schemas/api-key.ts';
import type { KeyRing } from '../access/key-ring.ts';
import { HttpProblem } from './http-problem.ts';

/** @returns the key of an `Authorization: Bearer <key>` header, undefined when there is none. */
export function keyFromHeader(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

/** @throws HttpProblem unauthorized, forbidden */
export function authorize(keyRing: KeyRing, key: unknown, scopes: readonly KeyScope[]): ApiKeyRecord {
  const record = typeof key === 'string' ? keyRing.authenticate(key) : undefined;
  if (!record) throw new HttpProblem('unauthorized', 'send a valid API key: Authorization: Bearer <key>');
  if (scopes.includes(record.scope)) return record;
  throw new HttpProblem('forbidden', `this needs a key with the scope ${scopes.join(' or ')}`);
}
