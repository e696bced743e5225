import type { JudgeCall } from './plan-judge-calls.ts';

export interface JudgeVerdict {
  readonly textHash: string;
  /** 0 to 1. */
  readonly score: number;
}

/**
 * The verdicts in a judge's answer. What was not asked for is ignored, what is no number between 0 and 100 too.
 * @returns undefined when there is no JSON of the agreed form in it
 */
export function verdictsFromAnswer(answer: string, { asked }: JudgeCall): JudgeVerdict[] | undefined {
  const scores = scoresIn(answer);
  if (!scores) return undefined;
  return asked.flatMap(({ turn, textHash }) => {
    const score = scores.get(turn);
    return score === undefined ? [] : [{ textHash, score: score / 100 }];
  });
}

function scoresIn(answer: string): Map<number, number> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1));
  } catch {
    return undefined;
  }
  const listed = (parsed as { scores?: unknown } | null)?.scores;
  if (!Array.isArray(listed)) return undefined;
  const scores = new Map<number, number>();
  for (const entry of listed as readonly unknown[]) {
    const { turn, score } = (entry ?? {}) as { turn?: unknown; score?: unknown };
    if (typeof turn !== 'number' || typeof score !== 'number') continue;
    if (score >= 0 && score <= 100 && !scores.has(turn)) scores.set(turn, score);
  }
  return scores;
}
