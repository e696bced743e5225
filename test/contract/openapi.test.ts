import { expect, test } from 'vitest';

import { ingestProblemCodes } from '../../schemas/ingest-http.ts';
import { runsJsonSchemas } from '../../schemas/openapi-runs.ts';
import { ingestJsonSchemas, ingestOpenApi } from '../../schemas/openapi.ts';
import { eventTypes, wireEvent } from '../../schemas/wire-event.ts';
import { statusFromCode as runsStatuses } from '../../services/console/runs/runs-problem-answer.ts';
import { HttpProblem } from '../../services/ingest/http-problem.ts';
import { createIngestFixture } from '../support/ingest-fixture.ts';

type Json = Record<string, unknown>;

const schemas = { ...ingestJsonSchemas(), ...runsJsonSchemas() };

test.each(Object.keys(schemas))('the JSON Schema of %s is the committed one', async (name) => {
  await expect(`${JSON.stringify(schemas[name], null, 2)}\n`).toMatchFileSnapshot(`snapshots/${name}.json`);
});

test('there is a schema for every type of event', () => {
  expect(Object.keys(schemas).filter((name) => name.endsWith('Event'))).toHaveLength(eventTypes.length + 1);
  expect(wireEvent.options).toHaveLength(10);
});

test('the OpenAPI document holds together', () => {
  const document = ingestOpenApi();
  expect(document['openapi']).toBe('3.1.0');
  const operationIds: unknown[] = [];
  for (const [path, item] of Object.entries(document['paths'] as Json)) {
    expect(path).toMatch(/^\//);
    for (const operation of Object.values(item as Json) as Json[]) {
      operationIds.push(operation['operationId']);
      for (const [status, response] of Object.entries(operation['responses'] as Record<string, Json>)) {
        expect(status).toMatch(/^[2-5]\d\d$/);
        expect(response['description']).toBeTypeOf('string');
        if (status === '429' || status === '503') expect(response['headers']).toHaveProperty('Retry-After');
      }
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = ((operation['parameters'] ?? []) as Json[]).filter((p) => p['in'] === 'path');
      expect(declared.map((parameter) => parameter['name'])).toEqual(inPath);
    }
  }
  expect(new Set(operationIds).size).toBe(operationIds.length);
  for (const reference of references(document)) expect(resolved(document, reference)).toBeTypeOf('object');
});

test('the problems of the document are those that the server knows', () => {
  const status = (code: (typeof ingestProblemCodes)[number]) => new HttpProblem(code, '').status;
  const paths = ingestOpenApi()['paths'] as Record<string, Record<string, { responses: Json }>>;
  const documented = new Set(
    Object.values(paths)
      .flatMap((item) => Object.values(item))
      .flatMap((operation) => Object.keys(operation.responses)),
  );
  const answered = ingestProblemCodes
    .filter((code) => code !== 'internal')
    .map((code) => String(status(code)));
  const ofRuns = Object.values(runsStatuses).map(String);
  expect(new Set([...answered, ...ofRuns, '200', '201', '202'])).toEqual(documented);
});

test('/openapi.json serves it, and /docs shows it without another host', async () => {
  const { server } = await createIngestFixture();
  expect((await server.inject('/openapi.json')).json()).toEqual(JSON.parse(JSON.stringify(ingestOpenApi())));
  const page = await server.inject('/docs/');
  expect(page.statusCode).toBe(200);
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'self';/);
  expect(page.headers['content-security-policy']).not.toMatch(/https?:|\*/);
  const assets = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? '');
  expect(assets.length).toBeGreaterThan(3);
  for (const asset of assets) {
    expect(asset).not.toMatch(/^(https?:)?\/\//);
    expect((await server.inject(new URL(asset, 'http://host/docs/').pathname)).statusCode).toBe(200);
  }
  const initializer = await server.inject('/docs/static/swagger-initializer.js');
  expect(initializer.body).toContain('"validatorUrl":null');
});

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string' && inner.startsWith('#/') && (key === '$ref' || inner.includes('/schemas/'))
      ? [inner]
      : references(inner),
  );
}

function resolved(document: Json, reference: string): unknown {
  let at: unknown = document;
  for (const step of reference.slice(2).split('/')) at = (at as Json | undefined)?.[step];
  return at;
}
