import { RunsProblem } from '../../jobs/runs/runs-problem.ts';

/** What a bare NaN becomes: a text that no field for numbers takes, so that the fault names its place. */
const notANumber = 'NaN';

/**
 * JSON as trainers write it. Python writes NaN and Infinity bare, which is no JSON: they are read as texts, so that the
 * schema says where they stand.
 * @throws RunsProblem `invalid_json`
 */
export function jsonFromBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    try {
      return JSON.parse(withoutBareNumbers(body));
    } catch {
      throw new RunsProblem('invalid_json', 'the body is no JSON text');
    }
  }
}

/** Strings stay as they are: the pattern takes them whole. */
function withoutBareNumbers(body: string): string {
  return body.replaceAll(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/gs, (token) =>
    token.startsWith('"') ? token : `"${notANumber}"`,
  );
}
