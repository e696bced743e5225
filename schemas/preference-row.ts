import { z } from 'zod';

/** Rows of exported datasets, as trainers read them. */

export const chatRoles = ['system', 'user', 'assistant', 'tool'] as const;

export const chatMessage = z.object({
  role: z.enum(chatRoles),
  content: z.string(),
});

export type ChatMessage = z.infer<typeof chatMessage>;

const messages = z.array(chatMessage).min(1);
/** Every row of a file has it or none: one row without crashes TRL's RewardTrainer. */
const margin = z.number().max(3).optional();

/** TRL DPO, conversational, explicit prompt (also torchtune, and with `margin` OpenRLHF). */
export const trlDpoRow = z.strictObject({ prompt: messages, chosen: messages, rejected: messages });

export type TrlDpoRow = z.infer<typeof trlDpoRow>;

export const openRlhfRow = trlDpoRow.extend({ margin });

export type OpenRlhfRow = z.infer<typeof openRlhfRow>;

/** TRL Reward, conversational, implicit prompt: both lists begin with it. */
export const trlRewardRow = z.strictObject({
  chosen: z.array(chatMessage).min(2),
  rejected: z.array(chatMessage).min(2),
  margin,
});

export type TrlRewardRow = z.infer<typeof trlRewardRow>;

/** TRL KTO: one reply, desirable or not. */
export const trlKtoRow = z.strictObject({ prompt: messages, completion: messages, label: z.boolean() });

export type TrlKtoRow = z.infer<typeof trlKtoRow>;

/** TRL GRPO, RLOO and online DPO: the model makes its own replies. */
export const trlPromptRow = z.strictObject({ prompt: messages });

export type TrlPromptRow = z.infer<typeof trlPromptRow>;
