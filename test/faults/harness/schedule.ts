import type { Random } from '../../../pipelines/maths/random.ts';

export const parts = ['ingest', 'stratify', 'broker', 'warehouse'] as const;
export type Part = (typeof parts)[number];

/** What is done to a part; `forMs` is how long it lasts where it lasts. */
export type FaultKind =
  | 'kill'
  | 'terminate'
  | 'cut-answers'
  | 'stall'
  | 'slow'
  | 'reset'
  | 'clock-jump'
  | 'zombie'
  | 'double-start'
  | 'rebalance-storm'
  | 'poison'
  | 'pause'
  | 'refuse'
  | 'disk-full';

export interface PlannedFault {
  /** After the load began. */
  readonly atMs: number;
  readonly kind: FaultKind;
  readonly forMs: number;
  /** Picks among several processes, and whatever else there is to pick. */
  readonly pick: number;
}

/** Kinds of a part, each as often as it should come; the first is in every schedule. */
const kinds: Readonly<Record<Part, readonly FaultKind[]>> = {
  ingest: ['kill', 'cut-answers', 'cut-answers', 'kill', 'terminate', 'stall', 'slow', 'reset', 'clock-jump'],
  stratify: [
    'kill',
    'zombie',
    'zombie',
    'double-start',
    'rebalance-storm',
    'terminate',
    'poison',
    'clock-jump',
  ],
  broker: ['kill', 'pause', 'stall', 'slow', 'reset'],
  warehouse: ['kill', 'cut-answers', 'cut-answers', 'refuse', 'disk-full', 'stall', 'slow', 'reset'],
};

const lastsMs: Readonly<Record<FaultKind, readonly [from: number, to: number]>> = {
  kill: [0, 500],
  terminate: [0, 0],
  'cut-answers': [400, 1_500],
  stall: [500, 2_500],
  slow: [500, 1_500],
  reset: [0, 0],
  'clock-jump': [0, 0],
  // Beyond the session timeout of the planted processes.
  zombie: [3_200, 4_200],
  'double-start': [500, 1_500],
  'rebalance-storm': [2_000, 3_000],
  poison: [0, 0],
  pause: [500, 2_500],
  refuse: [0, 0],
  'disk-full': [500, 1_500],
};

/** The faults of one seed, in order of time. */
export function planFaults(part: Part, random: Random, loadMs: number): PlannedFault[] {
  const among = kinds[part];
  const below = (limit: number) => random.uint32() % limit;
  const count = 2 + below(3);
  const faults = Array.from({ length: count }, (_, index): PlannedFault => {
    const kind = among[index === 0 ? 0 : below(among.length)] ?? 'kill';
    const [from, to] = lastsMs[kind];
    return {
      atMs: 100 + below(loadMs),
      kind,
      forMs: from + below(to - from + 1),
      pick: random.uint32(),
    };
  });
  return faults.sort((left, right) => left.atMs - right.atMs);
}
