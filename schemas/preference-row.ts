import { z } from 'zod';

/** Rows of exported datasets, as trainers read them. */

export const chatRoles = ['system', 'user', 'assistant', 'tool'] as const;

export const chatMessage = z.object({
  role: z.enum(chatRoles),
  content: z.string(),
});

export type ChatMessage = z.infer<typeof chatMessage>;

/** TRL DPO, conversational, explicit prompt (also OpenRLHF with `prompt_key=prompt`, torchtune). */
export const trlDpoRow = z.strictObject({
  prompt: z.array(chatMessage).min(1),
  chosen: z.array(chatMessage).min(1),
  rejected: z.array(chatMessage).min(1),
});

export type TrlDpoRow = z.infer<typeof trlDpoRow>;

/** TRL Reward, conversational, implicit prompt: both lists begin with it. No `margin` where none is known. */
export const trlRewardRow = z.strictObject({
  chosen: z.array(chatMessage).min(2),
  rejected: z.array(chatMessage).min(2),
});

export type TrlRewardRow = z.infer<typeof trlRewardRow>;
