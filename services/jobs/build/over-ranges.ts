import type { AnnotatorRange } from '../../../pipelines/pairs/queries.ts';
import type { BuildContext } from './build-context.ts';
import type { FactsOf, InputOf, OutputOf, Pass } from './range-work.ts';
import type { StoryLines } from './story-lines.ts';

export interface PassOverRanges<P extends Pass> {
  readonly pass: P;
  readonly facts: FactsOf<P>;
  readonly inputOf: (stories: StoryLines, range: AnnotatorRange) => InputOf<P> | Promise<InputOf<P>>;
  /** What is told of it. */
  readonly step: string;
}

/** What the pass made of one run. */
export interface RangeOutput<P extends Pass> {
  readonly range: AnnotatorRange;
  readonly output: OutputOf<P>;
}

/**
 * One pass over all stories; what it gives comes in the order of the annotators. One run more than the crew can work
 * on is under way, so that the engine reads meanwhile.
 */
export async function* overRanges<P extends Pass>(
  { reader: { ranges, read }, crew, onProgress }: BuildContext,
  { pass, facts, inputOf, step }: PassOverRanges<P>,
): AsyncGenerator<RangeOutput<P>> {
  const total = ranges.reduce((sum, { annotators }) => sum + annotators, 0);
  const work = crew.begin(pass, facts);
  const underWay: Promise<OutputOf<P>>[] = [];
  let next = 0;
  let done = 0;
  for (const current of ranges) {
    for (const range of ranges.slice(next, next + crew.size + 1 - underWay.length)) {
      const output = read(range).then(async (stories) => work(await inputOf(stories, range)));
      // A fault is met when its turn comes, unless another one comes first.
      output.catch(() => undefined);
      underWay.push(output);
      next += 1;
    }
    const output = await underWay.shift();
    done += current.annotators;
    onProgress(step, done, total);
    if (output !== undefined) yield { range: current, output };
  }
}
