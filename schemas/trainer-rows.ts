import { z } from 'zod';

import { chatMessage } from './preference-row.ts';

/** Rows of exported datasets for trainers outside of TRL. */

const messages = z.array(chatMessage).min(1);
const fromValue = <From extends string>(from: From) =>
  z.strictObject({ from: z.literal(from), value: z.string() });

/** LLaMA-Factory sharegpt with `ranking`: turns alternate, begin and end with the human, so their count is odd. */
export const llamaFactoryRow = z.strictObject({
  system: z.string(),
  conversations: z
    .array(z.union([fromValue('human'), fromValue('gpt')]))
    .min(1)
    .refine(
      (turns) => turns.length % 2 === 1 && turns.every(({ from }, at) => from === (at % 2 ? 'gpt' : 'human')),
    ),
  chosen: fromValue('gpt'),
  rejected: fromValue('gpt'),
});

export type LlamaFactoryRow = z.infer<typeof llamaFactoryRow>;

/** ms-swift: the last of `messages` is the chosen reply. */
export const msSwiftRow = z.strictObject({
  messages: z.array(chatMessage).min(2),
  rejected_response: z.string(),
});

export type MsSwiftRow = z.infer<typeof msSwiftRow>;

const ranked = (rank: 0 | 1) => z.strictObject({ rank: z.literal(rank), completion: messages });

/** NeMo-RL `rank`: exactly two completions, the lower rank is the better. */
export const nemoRlRow = z.strictObject({
  context: messages,
  completions: z.tuple([ranked(0), ranked(1)]),
});

export type NemoRlRow = z.infer<typeof nemoRlRow>;

/** Axolotl `chat_template.default`: replies are single messages without white space around them. */
const trimmed = chatMessage.refine(({ content }) => content === content.trim());

export const axolotlRow = z.strictObject({ messages, chosen: trimmed, rejected: trimmed });

export type AxolotlRow = z.infer<typeof axolotlRow>;

/** verl's RLHFDataset: a chat for the policy, and what its reward function is given. */
export const verlRow = z.strictObject({
  data_source: z.string(),
  prompt: messages,
  ability: z.string(),
  reward_model: z.strictObject({ style: z.string(), ground_truth: z.string() }),
  extra_info: z.strictObject({ split: z.string(), index: z.int(), prompt_id: z.string() }),
});

export type VerlRow = z.infer<typeof verlRow>;

/** verl's RMDataset: plain texts, no chat template is applied. */
export const verlRewardRow = z.strictObject({ prompt: z.string(), chosen: z.string(), rejected: z.string() });

export type VerlRewardRow = z.infer<typeof verlRewardRow>;

/** All replies of one place, best first, for ranking losses and best-of-n. */
export const rankedGroupRow = z.strictObject({
  prompt: messages,
  completions: z
    .array(
      z.strictObject({
        completion: messages,
        /** 0 is the best; replies with the same reward share a rank. */
        rank: z.int().min(0),
        reward: z.number(),
        std_error: z.number().min(0),
        below_floor: z.boolean(),
      }),
    )
    .min(2),
});

export type RankedGroupRow = z.infer<typeof rankedGroupRow>;
