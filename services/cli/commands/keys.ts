import { z } from 'zod';

import { appName, keyScopes, type ApiKeyRecord } from '../../../schemas/api-key.ts';
import { engineCommand } from '../command.ts';
import { tableText } from '../terminal/table.ts';

const scope = z.enum(keyScopes, { error: `must be one of ${keyScopes.join(', ')}` });

export const keysCreate = engineCommand({
  name: 'keys create',
  summary: 'make an API key; its text is shown this once and stored nowhere',
  examples: ['tacit keys create --scope write', 'tacit keys create --app shop --scope read --json'],
  flags: [
    { flags: '--scope <scope>', says: 'write (send events), read (console API), runs (trainers), erase' },
  ],
  perApp: true,
  options: z.object({ app: appName, scope }),
  async run({ engines }, { app, scope }) {
    const { keyRing } = await engines.access();
    const { record, key } = await keyRing.create(app, scope);
    return { id: record.id, app, scope, key };
  },
  text: ({ id, app, scope, key }) =>
    `${key}\n\nScope ${scope} of app ${app}, id ${id}. Keep it now: it is not shown again.`,
});

export const keysList = engineCommand({
  name: 'keys list',
  summary: 'list the API keys of an app',
  examples: ['tacit keys list', 'tacit keys list --app shop'],
  flags: [],
  perApp: true,
  options: z.object({ app: appName }),
  async run({ engines }, { app }) {
    const { keyRing } = await engines.access();
    return { keys: keyRing.list(app).map(listedKey) };
  },
  text: ({ keys }) =>
    keys.length === 0
      ? 'no keys yet: tacit keys create --scope write'
      : tableText(
          ['id', 'scope', 'created', 'revoked'],
          keys.map((key) => [key.id, key.scope, key.created_at, key.revoked_at ?? '']),
        ),
});

export const keysRevoke = engineCommand({
  name: 'keys revoke',
  summary: 'take an API key out of use, for good, within ten seconds',
  examples: ['tacit keys revoke 0f3a5c7e9b1d2f40'],
  positional: { name: 'id', says: 'id of the key, as keys list shows it', required: true },
  flags: [],
  perApp: true,
  options: z.object({ app: appName, id: z.string() }),
  async run({ engines }, { app, id }) {
    const { keyRing } = await engines.access();
    // Of another app's key this command knows nothing.
    const known = keyRing.list(app).some((key) => key.id === id);
    return listedKey(await keyRing.revoke(known ? id : `${id} of app ${app}`));
  },
  text: ({ id }) => `revoked ${id}`,
});

function listedKey({ id, app, scope, created_ms, revoked_ms }: ApiKeyRecord) {
  const created_at = new Date(created_ms).toISOString();
  return {
    id,
    app,
    scope,
    created_at,
    revoked_at: revoked_ms === undefined ? null : new Date(revoked_ms).toISOString(),
  };
}
