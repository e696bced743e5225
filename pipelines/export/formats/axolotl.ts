import type { AxolotlRow } from '../../../schemas/trainer-rows.ts';
import { message, messages } from '../columns.ts';
import { exportFormat } from '../export-format.ts';
import { textOf } from '../text-of-messages.ts';

/** Axolotl finds a reply by its text in the templated chat; templates strip white space, so it must have none around. */
const reply = (text: string): AxolotlRow['chosen'] => ({ role: 'assistant', content: text.trim() });

export const axolotl = exportFormat<'pairs'>({
  kind: 'pairs',
  says: 'Axolotl with `rl: dpo` and `type: chat_template.default`.',
  files: ['jsonl', 'parquet'],
  alternates: false,
  lengths: { of: 'whole', fate: 'left out', setting: (tokens) => `sequence_len: ${String(tokens)}` },
  columns: () => ({ messages, chosen: message, rejected: message }),
  rowFrom: ({ prompt, chosen, rejected }): AxolotlRow => ({
    messages: [...prompt],
    chosen: reply(textOf(chosen)),
    rejected: reply(textOf(rejected)),
  }),
});
