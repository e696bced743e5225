import { z } from 'zod';

import {
  probeAnswer,
  probeRequest,
  runDetail,
  runGroups,
  runRequest,
  runsProblem,
  runSummary,
  verdict,
} from './runs.ts';

type Json = Record<string, unknown>;

/** JSON Schema of every body of the runs API, by name. */
export function runsJsonSchemas(): Record<string, Json> {
  return {
    RunRequest: schemaOf(runRequest),
    RunSummary: schemaOf(runSummary),
    RunsAnswer: schemaOf(z.object({ app: z.string(), runs: z.array(runSummary) })),
    RunDetail: schemaOf(runDetail),
    RunGroups: schemaOf(runGroups),
    ProbeRequest: schemaOf(probeRequest),
    ProbeAnswer: schemaOf(probeAnswer),
    Verdict: schemaOf(verdict),
    RunsProblem: schemaOf(runsProblem),
  };
}

/** Paths of the runs API, as OpenAPI 3.1 has them. */
export function runsPaths(): Json {
  return {
    '/v1/runs': {
      get: {
        operationId: 'listRuns',
        summary: 'Training runs with their verdicts, the latest first',
        responses: { 200: body('RunsAnswer', 'The runs of the key’s app'), ...refusals() },
      },
    },
    '/v1/runs/{run}': {
      put: {
        operationId: 'putRun',
        summary: 'Say what a training run is',
        description: 'The same again changes nothing; a run that has probes stays as it was put.',
        parameters: [runParameter],
        requestBody: request('RunRequest'),
        responses: {
          200: body('RunSummary', 'The run, which was there'),
          201: body('RunSummary', 'The run, new'),
          400: problem('The body breaks the contract'),
          409: problem('The run has probes and was put otherwise'),
          422: problem('The anchor run cannot be compared with it'),
          ...refusals(),
        },
      },
      get: {
        operationId: 'getRun',
        summary: 'A run with its series, its verdict and the patterns that took over',
        parameters: [runParameter],
        responses: { 200: body('RunDetail', 'The run'), 404: problem('No such run'), ...refusals() },
      },
    },
    '/v1/runs/{run}/groups': {
      get: {
        operationId: 'getRunGroups',
        summary: 'The series of a run by depth and by character tier, each language for itself',
        parameters: [runParameter],
        responses: { 200: body('RunGroups', 'The series'), 404: problem('No such run'), ...refusals() },
      },
    },
    '/v1/runs/{run}/probes': {
      post: {
        operationId: 'postProbe',
        summary: 'Send the samples of a checkpoint, get the verdict',
        description:
          'Idempotent by step and phase: the first counts, and sent again it gets the same answer. Steps may come in ' +
          'any order. The answer comes when the samples are durable.',
        parameters: [runParameter],
        requestBody: request('ProbeRequest'),
        responses: {
          200: body('ProbeAnswer', 'Metrics of the samples, and the verdict on the run'),
          400: problem('The body breaks the contract: where, and what is wrong there'),
          404: problem('No such run'),
          413: problem('Over 64 MiB'),
          415: problem('Another content type or encoding'),
          422: problem('The probe cannot be compared with the run: what differs'),
          ...refusals(),
        },
      },
    },
    '/v1/runs/{run}/verdict': {
      get: {
        operationId: 'getVerdict',
        summary: 'continue, warn or stop, with the evidence',
        parameters: [runParameter],
        responses: { 200: body('Verdict', 'The verdict'), 404: problem('No such run'), ...refusals() },
      },
    },
  };
}

const runParameter: Json = {
  name: 'run',
  in: 'path',
  required: true,
  schema: { type: 'string', maxLength: 100 },
};

function schemaOf(schema: z.ZodType): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}

function reference(schema: string): Json {
  return { content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } } };
}

function body(schema: string, description: string): Json {
  return { description, ...reference(schema) };
}

function request(schema: string): Json {
  return { required: true, ...reference(schema) };
}

const problem = (description: string) => body('RunsProblem', description);

function refusals(): Json {
  return {
    401: problem('No such key'),
    403: problem('The key lacks the right'),
    503: {
      ...problem('The warehouse cannot be asked now: send it again'),
      headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds to wait' } },
    },
  };
}
