import { createRandom } from '../../../pipelines/maths/random.ts';
import type { ProbeSample } from '../../../pipelines/diversity/reading/probe-sample.ts';

/**
 * A probe of a policy of which a share of replies has collapsed into one stock sentence.
 *
 * @param collapsed 0 to 1
 */
export function drawReplies(
  seed: string,
  { prompts = 24, replies = 4, words = 40, collapsed = 0 },
): ProbeSample[] {
  const random = createRandom(seed);
  const word = () => `w${Math.floor(2000 * random.unit() ** 2)}`;
  return Array.from({ length: prompts * replies }, (_, i) => {
    const said = Array.from({ length: words }, word).join(' ');
    const text =
      random.unit() < collapsed
        ? `*She smiles softly* Oh, you know that I care. ${said.slice(0, 40)}. What do you do next?`
        : said;
    const prompt = Math.floor(i / replies);
    return { promptId: `p${prompt}`, character: `c${prompt % 6}`, text };
  });
}
