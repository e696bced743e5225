import type { ErrorCode } from '../../schemas/errors.ts';
import { TacitError } from '../../schemas/errors.ts';
import type { Machine } from './machine.ts';

/** 0 done, 1 failed, 2 misused: the second kind is what a person has to put right before trying again. */
export const exitCodes = { done: 0, failed: 1, misused: 2 } as const;

const failures: ReadonlySet<ErrorCode> = new Set([
  'not_found',
  'record_too_large',
  'warehouse_refused',
  'anchor_negative',
]);

export function exitCodeFromError(error: unknown): number {
  return error instanceof TacitError && !failures.has(error.code) ? exitCodes.misused : exitCodes.failed;
}

/**
 * Says an error in one line, with `TACIT_LOG_LEVEL=debug` also where it came from.
 * @returns the exit code
 */
export function tellError(
  error: unknown,
  { stderr, environment }: Pick<Machine, 'stderr' | 'environment'>,
): number {
  stderr.write(`${lineFromError(error)}\n`);
  if (environment['TACIT_LOG_LEVEL'] === 'debug' && error instanceof Error)
    stderr.write(`${error.stack ?? ''}\n`);
  return exitCodeFromError(error);
}

/** One line: what happened, what to do, the code. */
export function lineFromError(error: unknown): string {
  if (error instanceof TacitError) return `tacit: ${oneLine(error.message)} (${error.code})`;
  return `tacit: ${oneLine(error instanceof Error ? error.message : String(error))} (unexpected; TACIT_LOG_LEVEL=debug shows where)`;
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, '; ');
}
