const gram = 3;
const repliesRead = 3;

/**
 * Echo, 0 to 1: the share of a reply's different three-token runs that stand in one of the previous three replies of
 * its conversation; NaN for a reply of fewer tokens. Own definition, in the manner of ROUGE-3 precision.
 *
 * @param previous tokens of earlier replies, nearest first
 */
export function echoOf(reply: readonly string[], previous: readonly (readonly string[])[]): number {
  const runs = new Set(runsOf(reply));
  if (runs.size === 0) return Number.NaN;
  const earlier = new Set(previous.slice(0, repliesRead).flatMap((tokens) => [...runsOf(tokens)]));
  let repeated = 0;
  for (const run of runs) if (earlier.has(run)) repeated += 1;
  return repeated / runs.size;
}

function* runsOf(tokens: readonly string[]): Generator<string> {
  for (let at = 0; at + gram <= tokens.length; at += 1) yield tokens.slice(at, at + gram).join(' ');
}
