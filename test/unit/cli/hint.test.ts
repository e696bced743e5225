import { createServer } from 'node:http';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { readOwnerHint, removeOwnerHint, writeOwnerHint } from '../../../services/cli/owner/hint.ts';
import { findOwner } from '../../../services/cli/owner/owner-client.ts';

let dataDir: string;
beforeEach(async () => (dataDir = await mkdtemp(join(tmpdir(), 'tacit-hint-'))));
afterEach(() => rm(dataDir, { recursive: true }));

const token = 'a'.repeat(43);
const hint = { address: 'http://127.0.0.1:1', pid: process.pid, token };

test('the hint is readable by its owner only, also where an older one was open to all', async () => {
  const path = join(dataDir, 'serve.json');
  await writeFile(path, '{}');
  await chmod(path, 0o644);
  await writeOwnerHint(dataDir, hint);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readOwnerHint(dataDir)).toEqual(hint);
});

test('a process takes away its own hint, never the one of a process that came after it', async () => {
  await writeOwnerHint(dataDir, hint);
  await removeOwnerHint(dataDir, 'b'.repeat(43));
  expect(await readOwnerHint(dataDir)).toEqual(hint);
  await removeOwnerHint(dataDir, token);
  expect(await readOwnerHint(dataDir)).toBeUndefined();
});

test.each(['', '{', '[]', '{"address":"ftp://x","pid":1,"token":"x"}'])(
  'a hint that reads %j is none',
  async (text) => {
    await writeFile(join(dataDir, 'serve.json'), text);
    expect(await findOwner(dataDir)).toBeUndefined();
  },
);

test('a hint to where nobody listens is stale', async () => {
  await writeOwnerHint(dataDir, hint);
  expect(await findOwner(dataDir)).toBeUndefined();
});

test('a foreign server that took over the port is no owner', async () => {
  const server = createServer((_request, response) => response.end('{"pid":1}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await writeOwnerHint(dataDir, { ...hint, address: `http://127.0.0.1:${port}` });
  expect(await findOwner(dataDir)).toBeUndefined();
  await new Promise((resolve) => server.close(resolve));
});
