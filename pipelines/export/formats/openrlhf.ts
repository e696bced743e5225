import type { OpenRlhfRow } from '../../../schemas/preference-row.ts';
import { messages } from '../columns.ts';
import { exportFormat } from '../export-format.ts';
import { marginFromP } from '../margin.ts';

export const openRlhf = exportFormat<'pairs'>({
  kind: 'pairs',
  says: 'OpenRLHF reward model and DPO: `prompt_key` prompt, `chosen_key` chosen, `rejected_key` rejected, and the chat template applied (`apply_chat_template`). `margin` counts with `margin_loss_enable`; the DPO takes `label_smoothing` for noisy labels.',
  files: ['jsonl', 'parquet'],
  alternates: false,
  lengths: { of: 'prompt', fate: 'left out', setting: (tokens) => `max_len ${String(tokens)}` },
  columns: ({ withMargin }) => ({
    prompt: messages,
    chosen: messages,
    rejected: messages,
    ...(withMargin ? { margin: 'double' } : {}),
  }),
  rowFrom: ({ prompt, chosen, rejected, p }, { withMargin }): OpenRlhfRow => ({
    prompt: [...prompt],
    chosen: [...chosen],
    rejected: [...rejected],
    ...(withMargin && p !== null ? { margin: marginFromP(p) } : {}),
  }),
});
