/** One option of a bench; a string is a count. */
export interface BenchOption {
  readonly type: 'boolean' | 'string';
  readonly says: string;
}

export interface Bench {
  readonly measures: string;
  /** On two cores with little other load. */
  readonly takes: string;
  readonly options: Readonly<Record<string, BenchOption>>;
  /** @param given by name: whether it stands there, or its count */
  run(given: Readonly<Record<string, boolean | number | undefined>>): Promise<void>;
}

const quick: BenchOption = { type: 'boolean', says: 'smaller sizes' };

/** What there is to measure, and the one place of its options. */
export const benches: Readonly<Record<string, Bench>> = {
  ingest: {
    measures:
      'Events acknowledged a second beside a bare handler, latency, time until queryable, a long run into chDB; then the same on Kafka.',
    takes: 'about ten minutes, two with --quick',
    options: {
      quick,
      kafka: { type: 'boolean', says: 'on Kafka alone' },
      events: { type: 'string', says: 'how many go into chDB in the long run' },
    },
    run: async ({ quick, kafka, events }) => {
      const { bench } = await import('./ingest/bench.ts');
      const long = typeof events === 'number' ? { events } : {};
      await bench({ quick: quick === true, kafka: kafka === true, ...long });
    },
  },
  build: {
    measures: 'Time and memory of a dataset of 10^4, 10^5 and 10^6 replies, each in a process of its own.',
    takes: 'about four minutes, one with --quick, which leaves the largest out',
    options: { quick },
    run: async ({ quick }) => (await import('./build/bench.ts')).bench({ quick: quick === true }),
  },
  effects: {
    measures:
      'Effects on 10^5, 10^6 and 10^7 sessions beside pyfixest and duckreg, which uv brings when it is there.',
    takes: 'about three minutes, half a minute with --quick, which takes the smallest alone',
    options: { quick },
    run: async ({ quick }) => (await import('./effects/bench.ts')).bench({ quick: quick === true }),
  },
  diversity: {
    measures:
      'Every metric on 10,000 replies beside the Python reference packages, which uv brings when it is there; then what a probe takes.',
    takes: 'about four minutes, one with --quick, on 2,000 replies',
    options: { quick },
    run: async ({ quick }) => (await import('./diversity/bench.ts')).bench({ quick: quick === true }),
  },
};
