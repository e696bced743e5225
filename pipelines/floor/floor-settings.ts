/** Thresholds of the floor. What is dropped by which numbers stays readable: raise `version` with every change. */
export interface FloorSettings {
  readonly version: string;
  /** Fewer replies of a character say nothing about what is usual for it. */
  readonly leastReplies: number;
  /** Words in a row of another language; a character with more than `habitPercent` of such replies does so by habit. */
  readonly mixedLanguage: {
    readonly dropWords: number;
    readonly warnWords: number;
    readonly habitPercent: number;
  };
  /** Pieces of debris (certain ones count three), hundredths of a nat. */
  readonly garbled: {
    readonly dropDebris: number;
    readonly warnDebris: number;
    readonly letterSurprise: number;
    readonly dropDisorder: number;
    readonly warnDisorder: number;
  };
  /** A bare end counts in replies of a length, as a share of the median, of characters who close theirs. */
  readonly truncated: {
    readonly leastWords: number;
    readonly leastShareOfMedian: number;
    readonly closedPercent: number;
  };
  /** Words in the loop altogether, by copies; share of the text; how much above the character's own median. */
  readonly repetition: {
    readonly loopWords: number;
    readonly loopCopies: number;
    readonly singleWordCopies: number;
    readonly doubledWords: number;
    readonly recurringPercent: number;
    readonly aboveMedianPercent: number;
  };
  readonly repeatsPrevious: {
    readonly dropPercent: number;
    readonly warnPercent: number;
    readonly leastWords: number;
    readonly leastWordsVerbatim: number;
    readonly aboveMedianPercent: number;
  };
  /** Where more than this share of a character's replies have unpaired marks, that is its way of writing. */
  readonly brokenMarkup: { readonly habitPercent: number };
  readonly refusal: { readonly dropMarks: number; readonly warnMarks: number };
  readonly speaksForUser: { readonly dropMarks: number };
  /** A missing hook counts in replies of a length, of characters who nearly always leave one. */
  readonly noHook: {
    readonly dropHookPercent: number;
    /** The same where the reply ends on a word to the user. */
    readonly addressedHookPercent: number;
    readonly warnHookPercent: number;
    readonly leastWords: number;
    readonly leastShareOfMedian: number;
  };
  /** Times the median and standard deviations of the logarithm; both must be exceeded. */
  readonly lengthDrift: {
    readonly dropTimes: number;
    readonly warnTimes: number;
    readonly spreads: number;
    readonly leastSpread: number;
  };
  /** Filler counts for characters whose median is at least this. */
  readonly lowInformation: { readonly leastMedian: number };
  /** A character's checks become warnings where its drop rate is more than so many times the median. */
  readonly demotion: { readonly timesMedian: number; readonly leastReplies: number };
}

export const defaultFloorSettings: FloorSettings = {
  version: 'floor-1',
  leastReplies: 12,
  mixedLanguage: { dropWords: 6, warnWords: 4, habitPercent: 15 },
  garbled: { dropDebris: 3, warnDebris: 2, letterSurprise: 352, dropDisorder: 500, warnDisorder: 420 },
  truncated: { leastWords: 8, leastShareOfMedian: 0.3, closedPercent: 90 },
  repetition: {
    loopWords: 12,
    loopCopies: 3,
    singleWordCopies: 12,
    doubledWords: 10,
    recurringPercent: 40,
    aboveMedianPercent: 20,
  },
  repeatsPrevious: {
    dropPercent: 50,
    warnPercent: 35,
    leastWords: 8,
    leastWordsVerbatim: 4,
    aboveMedianPercent: 25,
  },
  brokenMarkup: { habitPercent: 30 },
  refusal: { dropMarks: 3, warnMarks: 2 },
  speaksForUser: { dropMarks: 2 },
  noHook: {
    dropHookPercent: 90,
    addressedHookPercent: 95,
    warnHookPercent: 75,
    leastWords: 10,
    leastShareOfMedian: 0.5,
  },
  lengthDrift: { dropTimes: 2.5, warnTimes: 2, spreads: 4, leastSpread: 0.15 },
  lowInformation: { leastMedian: 10 },
  demotion: { timesMedian: 3, leastReplies: 30 },
};
