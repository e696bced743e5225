import { z } from 'zod';

export const keyScopes = ['write', 'read', 'runs', 'erase'] as const;
export type KeyScope = (typeof keyScopes)[number];

/** An API key as the log keeps it; the last record of an id counts. The key itself is shown once and never stored. */
export const apiKeyRecord = z.object({
  id: z.string(),
  app: z.string(),
  scope: z.enum(keyScopes),
  /** SHA-256 of the key's secret, hex: secrets carry 256 random bits, so no slow hash is needed. */
  secret_sha256: z.string(),
  created_ms: z.int(),
  revoked_ms: z.int().optional(),
});

export type ApiKeyRecord = z.infer<typeof apiKeyRecord>;

/** App names go into paths, labels and queries. */
export const appName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, {
  error: 'an app name has lower-case letters, digits, - and _, at most 63',
});
