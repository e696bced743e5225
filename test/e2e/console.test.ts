import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { runInProcess } from './harness/run-in-process.ts';
import { startServing, type Serving } from './harness/tacit-process.ts';
import { postEvents, sessionEvents, untilQueryable } from './harness/wire-events.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
);
const inCi = process.env['CI'] === 'true';

let dataDir: string;
let serving: Serving;
let readKey: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tacit-console-'));
  const environment = { TACIT_DATA_DIR: dataDir };
  serving = await startServing(environment);
  const keyOf = async (scope: string) => {
    const { stdout } = await runInProcess(['keys', 'create', '--scope', scope, '--json'], environment);
    return (JSON.parse(stdout) as { key: string }).key;
  };
  const writeKey = await keyOf('write');
  readKey = await keyOf('read');
  const events = ['ada', 'ben', 'cy'].flatMap((annotator) => sessionEvents(annotator));
  const { body } = await postEvents(serving.address, writeKey, [
    ...events,
    { type: '<img src=x onerror=alert(1)>' },
  ]);
  await untilQueryable(serving.address, writeKey, body.receipt);
  expect((await runInProcess(['build'], environment)).code).toBe(0);
});
afterAll(async () => {
  await serving.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const from = (path: string, headers: Record<string, string>) =>
  fetch(new URL(path, serving.address), { headers, redirect: 'manual' });

test('a reader who is not at this machine is asked for a read key', async () => {
  for (const headers of [{ 'x-forwarded-for': '203.0.113.9' }, { forwarded: 'for=203.0.113.9' }]) {
    const answer = await from('/', headers);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/login']);
  }
  expect(
    (await from('/', { 'x-forwarded-for': '203.0.113.9', authorization: `Bearer ${readKey}` })).status,
  ).toBe(200);
});

test('the JSON needs a read key and tells what it was computed from', async () => {
  for (const path of ['/v1/stats', '/v1/cohorts', '/v1/sessions', '/v1/datasets']) {
    expect((await from(path, {})).status).toBe(401);
    const answer = await from(path, { authorization: `Bearer ${readKey}` });
    expect(answer.status).toBe(200);
    const body = (await answer.json()) as { app: string; as_of?: { records: number } };
    expect(body.app).toBe('default');
    if (path !== '/v1/datasets') expect(body.as_of?.records).toBe(21);
  }
});

test('the effects are computed for the app of the key, and are the same when asked again', async () => {
  expect((await from('/v1/effects', {})).status).toBe(401);
  const asked = async () => (await from('/v1/effects', { authorization: `Bearer ${readKey}` })).json();
  const report = (await asked()) as { app: string; reason?: string };
  expect(report).toMatchObject({ app: 'default', reason: 'no_metric', effects: [] });
  expect(await asked()).toEqual(report);
  const unknown = await from('/v1/effects?outcome=rating', { authorization: `Bearer ${readKey}` });
  expect(unknown.status).toBe(200);
});

test('every page has a policy that lets nothing in from elsewhere', async () => {
  for (const path of ['/', '/cohorts', '/sessions', '/datasets', '/login']) {
    const { headers, status } = await from(path, {});
    expect(status).toBe(200);
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

describe.skipIf(executablePath === undefined && !inCi)('in a browser', () => {
  let browser: Browser;
  let page: Page;
  const requests: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    if (executablePath === undefined) throw new Error('no Chromium: install the package chromium');
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    page = await browser.newPage();
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => {
      // The page at /docs is Swagger's own: its bundle tries an inline style, which its policy blocks.
      const own = !message.location().url.includes('/docs/');
      if (own && ['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterAll(async () => {
    await browser.close();
  });

  test('the menu leads through all pages, and each shows what is stored', async () => {
    await page.goto(serving.address);
    const text = (selector: string) => page.locator(selector).innerText();
    expect(await text('.figures')).toMatch(/Events\s+21[\s\S]*Annotators\s+3[\s\S]*Dead letters\s+1/);
    expect(await text('main')).toContain('unknown_type');
    await page.getByRole('link', { name: 'Cohorts' }).click();
    expect(await text('main')).toContain('new-lurker');
    await page.getByRole('link', { name: 'Sessions' }).click();
    expect(await text('main')).toContain('From 3 closed sessions');
    await page.getByRole('link', { name: 'Datasets' }).click();
    await page.locator('table a').first().click();
    expect(await text('main')).toContain('Funnel');
    await page.getByRole('link', { name: 'API' }).click();
    await page.locator('.swagger-ui').first().waitFor();
  });

  test('the first page goes on by itself', async () => {
    await page.goto(serving.address);
    const again = page.waitForRequest(
      (request) => !request.isNavigationRequest() && request.url() === `${serving.address}/`,
    );
    await again;
    await page.waitForTimeout(300);
    expect(await page.locator('body.stale').count()).toBe(0);
  });

  test('no request left this machine, and the browser had nothing to complain about', () => {
    const hosts = new Set(requests.filter((url) => !url.startsWith('data:')).map((url) => new URL(url).host));
    expect([...hosts]).toEqual([new URL(serving.address).host]);
    expect(complaints).toEqual([]);
  });
});
