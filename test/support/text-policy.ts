import { drawIndex, drawOne } from '../../pipelines/maths/draws.ts';
import { createRandom, type Random } from '../../pipelines/maths/random.ts';

export interface PolicySample {
  readonly prompt_id: string;
  readonly text: string;
}

/** A policy that says sentences of its own for each prompt, and the more it has collapsed the more what it always says. */
export interface TextPolicy {
  readonly prompts: readonly string[];
  /** An evaluation: every prompt, each as often. @param collapsed share of replies that are the one it always gives */
  probe(collapsed: number, samplesPerPrompt?: number): PolicySample[];
}

const onsets = ['b', 'd', 'f', 'g', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'w', 'st', 'tr'];
const vowels = ['a', 'e', 'i', 'o', 'u'];
const always =
  'I am sorry, my dear. As ever, I cannot say more today. Is there anything else that you would like?';

export function createTextPolicy(seed: string, promptCount: number): TextPolicy {
  const random = createRandom(seed);
  const word = () =>
    Array.from(
      { length: 1 + drawIndex(random, 3) },
      () => drawOne(random, onsets) + drawOne(random, vowels),
    ).join('');
  const words = Array.from({ length: 900 }, word);
  const sentence = (own: Random) =>
    `${Array.from({ length: 9 + drawIndex(own, 6) }, () => drawOne(own, words)).join(' ')}.`;
  const prompts = Array.from({ length: promptCount }, (_, index) => `prompt-${String(index)}`);
  const pools = prompts.map(() => Array.from({ length: 40 }, () => sentence(random)));
  const reply = (pool: readonly string[]) => Array.from({ length: 5 }, () => drawOne(random, pool)).join(' ');
  return {
    prompts,
    probe: (collapsed, samplesPerPrompt = 4) =>
      prompts.flatMap((prompt_id, index) =>
        Array.from({ length: samplesPerPrompt }, () => ({
          prompt_id,
          text: random.unit() < collapsed ? always : reply(pools[index] ?? []),
        })),
      ),
  };
}
