import { z } from 'zod';

import { eventsAnswer, eventsRequest, ingestProblemCodes, problem, receiptAnswer } from './ingest-http.ts';
import { limits } from './limits.ts';
import { runsJsonSchemas, runsPaths } from './openapi-runs.ts';
import { wireEvent } from './wire-event.ts';

type Json = Record<string, unknown>;

/** Version of the HTTP contract, not of the program. */
export const apiVersion = '1.0.0';

/** JSON Schema (draft 2020-12, which OpenAPI 3.1 takes as it is) of every body of the ingest API, by name. */
export function ingestJsonSchemas(): Record<string, Json> {
  const events = wireEvent.options.map(
    (option) => [nameOf(option.shape.type.value), schemaOf(option)] as const,
  );
  const eventRefs = events.map(([name]) => ({ $ref: `#/components/schemas/${name}` }));
  const mapping = wireEvent.options.map((option) => option.shape.type.value);
  const request = schemaOf(eventsRequest);
  const list = {
    type: 'array',
    maxItems: limits.eventsPerRequest,
    items: { $ref: '#/components/schemas/Event' },
    description: 'Each event is judged alone: one that breaks the contract does not fail the others.',
  };
  return {
    ...Object.fromEntries(events),
    Event: {
      oneOf: eventRefs,
      discriminator: {
        propertyName: 'type',
        mapping: Object.fromEntries(mapping.map((type) => [type, `#/components/schemas/${nameOf(type)}`])),
      },
    },
    EventsRequest: { ...request, properties: { ...(request['properties'] as Json), events: list } },
    EventsAnswer: schemaOf(eventsAnswer),
    ReceiptAnswer: schemaOf(receiptAnswer),
    Problem: schemaOf(problem.extend({ code: z.enum(ingestProblemCodes) })),
  };
}

/** The OpenAPI 3.1 document of the ingest API. */
export function ingestOpenApi(): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tacit',
      version: apiVersion,
      description:
        'Telemetry in: events of conversations, acknowledged when they are durable. Training runs: samples in, verdicts out.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ key: [] }],
    paths: {
      '/v1/events': { post: postEvents },
      '/v1/receipts/{receipt}': { get: getReceipt },
      ...runsPaths(),
      '/healthz': { get: probe('healthz', 'The process answers') },
      '/readyz': { get: { ...probe('readyz', 'The process can take events'), ...readyResponses } },
    },
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key; it names the app.' },
      },
      schemas: { ...ingestJsonSchemas(), ...runsJsonSchemas() },
    },
  };
}

function schemaOf(schema: z.ZodType): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}

/** session_duration -> SessionDurationEvent */
function nameOf(type: string): string {
  const words = type.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Event`;
}

function body(schema: string, description: string, headers?: Json): Json {
  const content = { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } };
  return headers ? { description, headers, content } : { description, content };
}

const retryAfter = { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds to wait' } };
const jsonRequest = { schema: { $ref: '#/components/schemas/EventsRequest' } };

const postEvents: Json = {
  operationId: 'postEvents',
  summary: 'Send events',
  description:
    'A 202 means that every accepted event is durable. Send events again, with the same event_ids, after a 503 or ' +
    'when no answer came: whatever was stored counts once. The body is plain or gzip.',
  parameters: [
    {
      name: 'X-Sent-At',
      in: 'header',
      schema: { type: 'string', format: 'date-time' },
      description: 'The client’s clock, for NDJSON; `sent_at` in a JSON body comes first.',
    },
  ],
  requestBody: {
    required: true,
    content: {
      'application/json': jsonRequest,
      'application/x-ndjson': { schema: { type: 'string', description: 'One event a line' } },
      'text/plain': jsonRequest,
    },
  },
  responses: {
    202: body('EventsAnswer', 'Every accepted event is durable, every rejected one is a dead letter'),
    400: body('Problem', 'The request cannot be read; nothing was taken'),
    401: body('Problem', 'No such key'),
    403: body('Problem', 'The key lacks the right'),
    413: body(
      'Problem',
      `Over ${String(limits.bodyBytes)} decoded bytes or ${String(limits.eventsPerRequest)} events; nothing was taken`,
    ),
    415: body('Problem', 'Another content type or encoding; nothing was taken'),
    429: body('Problem', 'The quota of the key is used up; nothing was taken', retryAfter),
    503: body('Problem', 'The fate of the events is unknown: send them again', retryAfter),
  },
};

const getReceipt: Json = {
  operationId: 'getReceipt',
  summary: 'What became of one request',
  parameters: [{ name: 'receipt', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
  responses: {
    200: body('ReceiptAnswer', 'What the warehouse holds of the request'),
    401: body('Problem', 'No such key'),
    403: body('Problem', 'The key lacks the right'),
    404: body('Problem', 'This is no receipt'),
    503: body('Problem', 'The warehouse cannot be asked now', retryAfter),
  },
};

const readyResponses: Json = {
  responses: {
    200: { description: 'Ready' },
    503: body('Problem', 'The event log does not answer, or the server is shutting down', retryAfter),
  },
};

function probe(operationId: string, summary: string): Json {
  return { operationId, summary, security: [], responses: { 200: { description: summary } } };
}
