/** The signals of a session, as the contract defines them. */
export const signalNames = ['active_time', 'turns', 'regenerate', 'like', 'dislike'] as const;
export type SignalName = (typeof signalNames)[number];

export const dayparts = ['night', 'morning', 'afternoon', 'evening'] as const;
export type Daypart = (typeof dayparts)[number];

export const worldNames = ['calm', 'confounded'] as const;
export type WorldName = (typeof worldNames)[number];

/** What the metric of a session is made of, in its own units. */
export interface WorldEffects {
  /** For each standard deviation of the signal. */
  main: Record<SignalName, number>;
  /** On the product of two standardised signals. */
  interactions: readonly { signals: readonly [SignalName, SignalName]; coefficient: number }[];
  /** On the annotator's standard normal taste and activity. */
  taste: number;
  activity: number;
  daypart: Record<Daypart, number>;
  weekend: number;
  noiseSd: number;
}

/** How people react to latent quality, in logits. */
export interface WorldReactions {
  /** Slope of like, dislike and regenerate on the quality that the annotator perceives. */
  discrimination: number;
  /** Added to liking, whatever the quality, when the reply flatters; and for each standard deviation of length. */
  flattery: number;
  length: number;
}

/** Shares of what they are named for: of annotators, sessions, replies, requests or events. */
export interface WorldShares {
  carelessAnnotators: number;
  trainingDenied: number;
  minors: number;
  nicheLoyal: number;
  defectiveReplies: number;
  flatteringReplies: number;
  sideBySideReplies: number;
  editedReplies: number;
  retractedTurns: number;
  idleSessions: number;
  sessionsWithoutMetric: number;
  sessionsWithoutDuration: number;
  wrongClockSessions: number;
  offlineSessions: number;
  repeatedRequests: number;
  repeatedEvents: number;
  delayedRequests: number;
  lateFeedback: number;
}

export interface WorldSettings {
  world: WorldName;
  annotators: number;
  days: number;
  /** Same seed and settings, same world. */
  seed: string;
  /** Midnight UTC of the first day, milliseconds since the epoch. */
  startMs: number;
  outcome: string;
  /** How strongly activity, taste and time of day drive the signals of a session: 0 not at all. */
  confounding: number;
  effects: WorldEffects;
  reactions: WorldReactions;
  shares: WorldShares;
}

export interface WorldOptions extends Pick<WorldSettings, 'world' | 'annotators' | 'days' | 'startMs'> {
  seed: string | number;
  outcome?: string;
  confounding?: number;
  effects?: Partial<Omit<WorldEffects, 'main'>> & { main?: Partial<Record<SignalName, number>> };
  reactions?: Partial<WorldReactions>;
  shares?: Partial<WorldShares>;
}

const presets: Record<WorldName, { confounding: number }> = {
  calm: { confounding: 0 },
  confounded: { confounding: 1 },
};

/** Options with every default filled in. Throws a RangeError on counts or times that make no world. */
export function settingsFromOptions(options: WorldOptions): WorldSettings {
  const { world, annotators, days, startMs } = options;
  for (const [name, count] of [
    ['annotators', annotators],
    ['days', days],
  ] as const) {
    if (!Number.isSafeInteger(count) || count < 1)
      throw new RangeError(`${name} must be a whole number from 1`);
  }
  if (!Number.isSafeInteger(startMs) || startMs % dayMs !== 0)
    throw new RangeError('startMs must be a midnight UTC');
  return {
    world,
    annotators,
    days,
    seed: String(options.seed),
    startMs,
    outcome: options.outcome ?? 'satisfaction',
    confounding: options.confounding ?? presets[world].confounding,
    effects: {
      ...defaultEffects,
      ...options.effects,
      main: { ...defaultEffects.main, ...options.effects?.main },
    },
    reactions: { discrimination: 1.3, flattery: 0.6, length: 0.15, ...options.reactions },
    shares: { ...defaultShares, ...options.shares },
  };
}

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

const defaultEffects: WorldEffects = {
  main: { active_time: 0.5, turns: 0.05, regenerate: -0.1, like: 0.2, dislike: -0.25 },
  interactions: [{ signals: ['active_time', 'regenerate'], coefficient: 0.08 }],
  taste: 0.45,
  activity: 0.25,
  daypart: { night: -0.25, morning: -0.1, afternoon: 0, evening: 0.3 },
  weekend: 0.25,
  noiseSd: 0.6,
};

const defaultShares: WorldShares = {
  carelessAnnotators: 0.08,
  trainingDenied: 0.02,
  minors: 0.015,
  nicheLoyal: 0.12,
  defectiveReplies: 0.06,
  flatteringReplies: 0.1,
  sideBySideReplies: 0.03,
  editedReplies: 0.01,
  retractedTurns: 0.001,
  idleSessions: 0.2,
  sessionsWithoutMetric: 0.04,
  sessionsWithoutDuration: 0.015,
  wrongClockSessions: 0.02,
  offlineSessions: 0.01,
  repeatedRequests: 0.006,
  repeatedEvents: 0.001,
  delayedRequests: 0.02,
  lateFeedback: 0.01,
};
