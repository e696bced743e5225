import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { chatCompletion } from '../../../services/jobs/judge/chat-completion.ts';
import { judgeDataset } from '../../../services/jobs/judge/judge-dataset.ts';
import { judgeSettingsFor } from '../../../services/jobs/judge/judge-settings.ts';
import { openEventStore } from '../../support/event-store.ts';
import type { EventStore } from '../../support/event-store.ts';
import { eventId } from '../../support/warehouse-fixture.ts';

interface Asked {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: { model: string; messages: { role: string; content: string }[] };
}

/** A server that speaks /chat/completions and finds every reply with "bad" in it bad. */
let server: Server;
let fixture: EventStore;
let asked: Asked[] = [];
let failures: { status: number; headers?: Record<string, string> }[] = [];
const replies = 120;

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Asked['body'];
      asked.push({ url: request.url ?? '', headers: request.headers, body });
      const failure = failures.shift();
      if (failure) {
        response.writeHead(failure.status, failure.headers).end('{}');
        return;
      }
      const content = JSON.stringify({ scores: gradesFor(body.messages.at(-1)?.content ?? '') });
      response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          id: 'c',
          object: 'chat.completion',
          choices: [{ index: 0, message: { role: 'assistant', content } }],
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  fixture = await openEventStore();
  const pairs = Array.from({ length: replies }, (_, index) => ({
    ...{ app: 'default', dataset_id: 'ds', pair_id: `p${index}`, group_id: `g${index}`, split: 'train' },
    ...{
      source: 'like',
      chosen_turn_id: `t${index}`,
      rejected_turn_id: `r${index}`,
      annotator_id: 'ann',
      session_id: 's',
    },
    prompt: JSON.stringify([
      { role: 'system', content: 'A ferryman.' },
      { role: 'user', content: `Question ${index}? My mail is u${index}@example.org` },
    ]),
    chosen: JSON.stringify([
      { role: 'assistant', content: index % 3 === 0 ? 'A bad answer.' : 'A fair answer.' },
    ]),
    rejected: JSON.stringify([{ role: 'assistant', content: 'No.' }]),
  }));
  await fixture.warehouse.insert(
    'dataset_pairs',
    pairs.map((row) => JSON.stringify(row)).join('\n'),
    pairs.length,
  );
  // People agree but for one in ten.
  await fixture.store(
    'default',
    pairs.map(({ chosen_turn_id: turn_id, annotator_id }, index) => ({
      ...{ type: 'quality', event_id: eventId(index + 1), annotator_id, session_id: 's', turn_id },
      ...{ occurred_at: '2026-01-01T00:00:00Z', dimension: 'overall', judge: 'human:ada' },
      score: (index % 3 === 0) === (index % 10 !== 0) ? 0.1 : 0.9,
    })),
  );
});

afterAll(async () => {
  await fixture.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  asked = [];
  failures = [];
});

const settings = () =>
  judgeSettingsFor(
    JSON.stringify({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
      model: 'grader-1',
      key: 'secret',
      apps: { default: { judge: { send_text: true } } },
    }),
    'default',
  );

const slept: number[] = [];
const sleep = (ms: number) => {
  slept.push(ms);
  return Promise.resolve();
};

const judge = (changes: object = {}) =>
  judgeDataset({
    warehouse: fixture.warehouse,
    app: 'default',
    datasetId: 'ds',
    judge: 'grader-1',
    cut: fixture.cut(),
    human: 'human',
    maxCalls: 1000,
    dryRun: false,
    ask: (messages) => chatCompletion(settings(), messages, sleep),
    onProgress: () => undefined,
    ...changes,
  });

describe('judging a dataset', () => {
  it('counts in a dry run, and sends nothing', async () => {
    const report = await judge({ dryRun: true });
    expect(report).toMatchObject({
      candidates: replies,
      calls: replies,
      asked: replies,
      verdicts: 0,
      dry_run: true,
    });
    expect(report.characters).toBeGreaterThan(replies * 500);
    expect(asked).toEqual([]);
  });

  it('keeps to its budget, asks nothing twice, and may drop once people agree', async () => {
    const first = await judge({ maxCalls: 50 });
    expect(first).toMatchObject({ calls: 50, verdicts: 50, left: 70, known: 0 });
    expect(first.human).toMatchObject({ replies: 50, mayDrop: false });
    expect(asked).toHaveLength(50);
    expect(asked[0]?.url).toBe('/v1/chat/completions');
    expect(asked[0]?.headers.authorization).toBe('Bearer secret');
    expect(asked[0]?.body).toMatchObject({ model: 'grader-1', temperature: 0 });
    expect(JSON.stringify(asked)).not.toContain('@example.org');

    const second = await judge();
    expect(second).toMatchObject({ calls: 70, verdicts: 70, left: 0, known: 50 });
    expect(second.human).toMatchObject({ replies, agreement: 0.9, mayDrop: true });

    expect(await judge()).toMatchObject({ calls: 0, known: replies });
    expect(asked).toHaveLength(replies);
    const runs = await fixture.warehouse.query({
      sql: 'SELECT run, verdicts, may_drop FROM judge_runs FINAL ORDER BY run',
    });
    expect(runs).toEqual([
      { run: 1, verdicts: 50, may_drop: false },
      { run: 2, verdicts: 70, may_drop: true },
      { run: 3, verdicts: 0, may_drop: true },
    ]);
  });

  it('shares nothing between apps', async () => {
    expect(await judge({ app: 'other' })).toMatchObject({ candidates: 0, calls: 0, human: { replies: 0 } });
  });
});

describe('asking', () => {
  const message = [{ role: 'user' as const, content: 'Grade turns: 1' }];

  it('waits as long as the server asks, and tries again', async () => {
    slept.length = 0;
    failures = [{ status: 429, headers: { 'retry-after': '7' } }, { status: 503 }];
    expect(await chatCompletion(settings(), message, sleep)).toContain('scores');
    expect(slept).toEqual([7000, 2000]);
  });

  it('gives up after four attempts, and at once where the key is refused', async () => {
    failures = Array.from({ length: 4 }, () => ({ status: 500 }));
    await expect(chatCompletion(settings(), message, sleep)).rejects.toThrow('no answer: HTTP 500');
    failures = [{ status: 401 }];
    await expect(chatCompletion(settings(), message, sleep)).rejects.toMatchObject({ code: 'forbidden' });
    expect(asked).toHaveLength(5);
  });
});

describe('settings', () => {
  const written = (sendText: boolean) =>
    JSON.stringify({
      endpoint: 'http://localhost/v1',
      model: 'm',
      apps: { shop: { judge: { send_text: sendText } } },
    });

  it('are off unless text may be sent for this very app', () => {
    expect(judgeSettingsFor(written(true), 'shop').model).toBe('m');
    expect(() => judgeSettingsFor(written(false), 'shop')).toThrow('may not be sent');
    expect(() => judgeSettingsFor(written(true), 'other')).toThrow('may not be sent');
    expect(() => judgeSettingsFor('{"model":"m"}', 'shop')).toThrow('endpoint');
    expect(() => judgeSettingsFor('send it', 'shop')).toThrow('no JSON');
  });
});

function gradesFor(content: string): { turn: number; score: number }[] {
  const wanted = /Grade turns: ([\d, ]+)/.exec(content)?.[1]?.split(', ').map(Number) ?? [];
  return wanted.map((turn) => {
    const said = new RegExp(`\\[${turn}\\] assistant: (.*)`).exec(content)?.[1] ?? '';
    return { turn, score: said.includes('bad') ? 10 : 90 };
  });
}
