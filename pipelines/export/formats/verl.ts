import type { ChatMessage } from '../../../schemas/preference-row.ts';
import type { VerlRewardRow, VerlRow } from '../../../schemas/trainer-rows.ts';
import { messages } from '../columns.ts';
import { exportFormat } from '../export-format.ts';
import { textOf } from '../text-of-messages.ts';

export const verl = exportFormat<'prompts'>({
  kind: 'prompts',
  says: 'verl `RLHFDataset` (PPO, GRPO): chats without a reply. `reward_model.style` is `model`: a reward model or a reward function of yours for `data_source` judges, there is no ground truth.',
  files: ['parquet'],
  alternates: false,
  lengths: { of: 'prompt', fate: 'refused', setting: (tokens) => `data.max_prompt_length=${String(tokens)}` },
  columns: () => ({
    data_source: 'string',
    prompt: messages,
    ability: 'string',
    reward_model: { struct: { style: 'string', ground_truth: 'string' } },
    extra_info: { struct: { split: 'string', index: 'int32', prompt_id: 'string' } },
  }),
  rowFrom: ({ prompt, prompt_id }, { dataset, split, index }): VerlRow => ({
    data_source: dataset,
    prompt: [...prompt],
    ability: 'chat',
    reward_model: { style: 'model', ground_truth: '' },
    extra_info: { split, index, prompt_id },
  }),
});

const speakers = { system: 'System', user: 'Human', assistant: 'Assistant', tool: 'Tool' } as const;
const spoken = ({ role, content }: ChatMessage) => `\n\n${speakers[role]}: ${content}`;

export const verlReward = exportFormat<'pairs'>({
  kind: 'pairs',
  says: 'verl `RMDataset` (reward model): plain texts. verl applies no chat template here; the prompt is written out as `Human:` and `Assistant:` lines. verl cuts at 1,024 tokens from the right: set its `max_length`.',
  files: ['parquet'],
  alternates: false,
  lengths: { of: 'whole', fate: 'cut', setting: (tokens) => `RMDataset(max_length=${String(tokens)})` },
  columns: () => ({ prompt: 'string', chosen: 'string', rejected: 'string' }),
  rowFrom: ({ prompt, chosen, rejected }): VerlRewardRow => ({
    prompt: `${prompt.map(spoken).join('')}\n\nAssistant:`,
    chosen: ` ${textOf(chosen)}`,
    rejected: ` ${textOf(rejected)}`,
  }),
});
