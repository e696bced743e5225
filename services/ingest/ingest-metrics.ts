import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

import type { IngestProblemCode } from '../../schemas/ingest-http.ts';
import type { TakenBody } from './take-body.ts';

export interface IngestMetrics {
  /** A request whose events are durable. */
  taken(body: TakenBody, seconds: number): void;
  /** A request that was answered with a problem. */
  refused(code: IngestProblemCode): void;
}

export function createIngestMetrics(registry: Registry, inFlightBytes: () => number): IngestMetrics {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: `tacit_ingest_${name}`, help, labelNames, registers });
  const accepted = counter('accepted_total', 'Events accepted: in the log on disk', ['app']);
  const rejected = counter('rejected_total', 'Events rejected, by code', ['app', 'code']);
  const mended = counter('mended_strings_total', 'Strings made well-formed Unicode', ['app']);
  const bytes = counter('body_bytes_total', 'Decoded bytes of request bodies', ['app']);
  const refused = counter('refused_requests_total', 'Requests answered with a problem, by code', ['code']);
  const seconds = new Histogram({
    name: 'tacit_ingest_request_seconds',
    help: 'From the request’s head to its 202',
    labelNames: ['app'],
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
    registers,
  });
  new Gauge({
    name: 'tacit_ingest_in_flight_bytes',
    help: 'Bytes of requests that have no answer yet',
    registers,
    collect() {
      this.set(inFlightBytes());
    },
  });
  // Finding the child of a label costs a microsecond each time.
  const ofApp = new Map<string, ReturnType<typeof childrenOf>>();
  const childrenOf = (app: string) => ({
    accepted: accepted.labels(app),
    bytes: bytes.labels(app),
    seconds: seconds.labels(app),
  });
  return {
    taken({ app, answer, mendedStrings, bodyBytes }, durationSeconds) {
      let children = ofApp.get(app);
      if (!children) ofApp.set(app, (children = childrenOf(app)));
      children.accepted.inc(answer.accepted);
      children.bytes.inc(bodyBytes);
      children.seconds.observe(durationSeconds);
      for (const { code } of answer.rejected) rejected.inc({ app, code });
      if (mendedStrings > 0) mended.inc({ app }, mendedStrings);
    },
    refused(code) {
      refused.inc({ code });
    },
  };
}
