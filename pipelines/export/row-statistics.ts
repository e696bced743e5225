import type { ChatMessage } from '../../schemas/preference-row.ts';
import { alternates } from './alternating-prompt.ts';
import type { RowKind, StoredGroup, StoredPair, StoredRows, StoredSingle } from './stored-rows.ts';
import { textOf } from './text-of-messages.ts';
import { estimatedTokens } from './token-estimate.ts';

/** The default of TRL and of verl's reward data; what is longer is lost unless a setting says otherwise. */
export const usualLimit = 1024;

export interface TokenFigures {
  readonly median: number;
  /** 95 of 100 rows have at most so many. */
  readonly p95: number;
  readonly most: number;
  /** Rows that do not fit the usual limit. */
  readonly overLimit: number;
}

/** What is known of a folder's rows after they were written. */
export interface RowSummary {
  readonly rows: number;
  readonly promptTokens: TokenFigures;
  /** Of prompt and longest reply. */
  readonly wholeTokens: TokenFigures;
  /** Prompts that a strict chat template refuses as they are. */
  readonly notAlternating: number;
  /** Pairs only: the share whose chosen text is longer, and the median of ln(chosen / rejected characters). */
  readonly chosenLonger: number | null;
  readonly medianLogLengthRatio: number | null;
  /** Mean of 1 - p: the share of rows whose label is expected to be wrong; null where no p is known. */
  readonly expectedFlips: number | null;
  /** Singles to train on only. */
  readonly desirable: number;
  readonly undesirable: number;
}

/** Counts rows as they are written. */
export function createRowStatistics(kind: RowKind) {
  const [prompts, wholes, logRatios]: [number[], number[], number[]] = [[], [], []];
  let [notAlternating, longer, flips, withP, desirable, undesirable] = [0, 0, 0, 0, 0, 0];

  const addPair = ({ chosen, rejected, p }: StoredPair) => {
    const [one, other] = [textOf(chosen).length, textOf(rejected).length];
    if (one > other) longer += 1;
    logRatios.push(Math.log(Math.max(1, one) / Math.max(1, other)));
    addChance(p);
  };
  const addSingle = ({ label, p, split }: StoredSingle) => {
    if (split === 'train' && label) desirable += 1;
    if (split === 'train' && !label) undesirable += 1;
    addChance(label ? p : 1 - p);
  };
  const addChance = (p: number | null) => {
    if (p === null) return;
    withP += 1;
    flips += 1 - p;
  };

  return {
    add(row: StoredRows[RowKind]): void {
      const prompt = estimatedTokens(row.prompt);
      prompts.push(prompt);
      wholes.push(prompt + Math.max(0, ...repliesOf(kind, row).map(estimatedTokens)));
      if (!alternates(row.prompt)) notAlternating += 1;
      if (kind === 'pairs') addPair(row as StoredPair);
      if (kind === 'singles') addSingle(row as StoredSingle);
    },
    summary(): RowSummary {
      const rows = prompts.length;
      return {
        rows,
        promptTokens: tokenFigures(prompts, (tokens) => tokens >= usualLimit),
        wholeTokens: tokenFigures(wholes, (tokens) => tokens > usualLimit),
        notAlternating,
        chosenLonger: logRatios.length === 0 ? null : longer / rows,
        medianLogLengthRatio: logRatios.length === 0 ? null : quantile(logRatios, 0.5),
        expectedFlips: withP === 0 ? null : flips / withP,
        desirable,
        undesirable,
      };
    },
  };
}

function repliesOf(kind: RowKind, row: StoredRows[RowKind]): readonly (readonly ChatMessage[])[] {
  switch (kind) {
    case 'pairs':
      return [(row as StoredPair).chosen, (row as StoredPair).rejected];
    case 'singles':
      return [(row as StoredSingle).completion];
    case 'groups':
      return (row as StoredGroup).completions;
    case 'prompts':
      return [];
  }
}

function tokenFigures(tokens: readonly number[], isOver: (tokens: number) => boolean): TokenFigures {
  return {
    median: quantile(tokens, 0.5),
    p95: quantile(tokens, 0.95),
    most: tokens.reduce((most, each) => Math.max(most, each), 0),
    overLimit: tokens.filter(isOver).length,
  };
}

/** The value that a share of all reaches at most; 0 of none. */
function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
