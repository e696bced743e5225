import { z } from 'zod';

/** A message of an Open Assistant conversation tree, as its public JSON Lines files have it. */
export interface OasstMessage {
  readonly message_id: string;
  readonly text: string;
  readonly role: 'prompter' | 'assistant';
  /** Of human labellers, among the replies to one prompt; 0 is the best. */
  readonly rank?: number | null | undefined;
  readonly model_name?: string | null | undefined;
  /** How many people gave each reaction. */
  readonly emojis?: Readonly<Record<string, number>> | null | undefined;
  readonly replies: readonly OasstMessage[];
}

const oasstMessage: z.ZodType<OasstMessage> = z.looseObject({
  message_id: z.string().min(1),
  text: z.string(),
  role: z.enum(['prompter', 'assistant']),
  rank: z.int().nullish(),
  model_name: z.string().nullish(),
  emojis: z.record(z.string(), z.number()).nullish(),
  get replies() {
    return z.array(oasstMessage);
  },
});

/** One line of a tree file (LAION-AI/Open-Assistant, `oasst_export` format). */
export const oasstTree = z.looseObject({
  message_tree_id: z.string().min(1),
  prompt: oasstMessage,
});

export type OasstTree = z.infer<typeof oasstTree>;
