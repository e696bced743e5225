import type { TrlDpoRow, TrlKtoRow, TrlPromptRow, TrlRewardRow } from '../../../schemas/preference-row.ts';
import { messages } from '../columns.ts';
import { exportFormat } from '../export-format.ts';
import { marginFromP } from '../margin.ts';

export const trlDpo = exportFormat<'pairs'>({
  kind: 'pairs',
  says: 'TRL `DPOTrainer`, conversational with explicit prompt; torchtune reads the same file.',
  files: ['jsonl', 'parquet'],
  alternates: false,
  lengths: { of: 'prompt', fate: 'left out', setting: (tokens) => `DPOConfig(max_length=${String(tokens)})` },
  columns: () => ({ prompt: messages, chosen: messages, rejected: messages }),
  rowFrom: ({ prompt, chosen, rejected }): TrlDpoRow => ({
    prompt: [...prompt],
    chosen: [...chosen],
    rejected: [...rejected],
  }),
});

export const trlReward = exportFormat<'pairs'>({
  kind: 'pairs',
  says: 'TRL `RewardTrainer`, conversational with implicit prompt; `margin`, where there is one, enters its loss.',
  files: ['jsonl', 'parquet'],
  alternates: false,
  lengths: {
    of: 'whole',
    fate: 'left out',
    setting: (tokens) => `RewardConfig(max_length=${String(tokens)})`,
  },
  columns: ({ withMargin }) => ({
    chosen: messages,
    rejected: messages,
    ...(withMargin ? { margin: 'double' } : {}),
  }),
  rowFrom: ({ prompt, chosen, rejected, p }, { withMargin }): TrlRewardRow => ({
    chosen: [...prompt, ...chosen],
    rejected: [...prompt, ...rejected],
    ...(withMargin && p !== null ? { margin: marginFromP(p) } : {}),
  }),
});

export const trlKto = exportFormat<'singles'>({
  kind: 'singles',
  says: 'TRL `KTOTrainer`: single replies, `label` true where the reply is better than what its annotator usually gets. Needs a batch of at least 2 on each device.',
  files: ['jsonl', 'parquet'],
  alternates: false,
  lengths: { of: 'prompt', fate: 'left out', setting: (tokens) => `KTOConfig(max_length=${String(tokens)})` },
  columns: () => ({ prompt: messages, completion: messages, label: 'boolean' }),
  rowFrom: ({ prompt, completion, label }): TrlKtoRow => ({
    prompt: [...prompt],
    completion: [...completion],
    label,
  }),
});

export const trlPrompts = exportFormat<'prompts'>({
  kind: 'prompts',
  says: 'TRL `GRPOTrainer`, `RLOOTrainer` and online DPO: contexts alone, the model makes its own replies. With `remove_unused_columns=False` columns that you add reach the reward functions.',
  files: ['jsonl', 'parquet'],
  alternates: false,
  lengths: {
    of: 'prompt',
    fate: 'cut',
    setting: (tokens) => `vllm_max_model_length=${String(tokens)} + max_completion_length`,
  },
  columns: () => ({ prompt: messages }),
  rowFrom: ({ prompt }): TrlPromptRow => ({ prompt: [...prompt] }),
});
