import type { RunDifference, RunsProblemCode } from '../../../schemas/runs.ts';

/** A request on runs that is answered with a problem instead of a result; its message is for the trainer's eyes. */
export class RunsProblem extends Error {
  readonly code: RunsProblemCode;
  readonly differs: readonly RunDifference[] | undefined;

  constructor(code: RunsProblemCode, message: string, differs?: readonly RunDifference[]) {
    super(message);
    this.name = 'RunsProblem';
    this.code = code;
    this.differs = differs;
  }
}
