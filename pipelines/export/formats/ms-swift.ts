import type { MsSwiftRow } from '../../../schemas/trainer-rows.ts';
import { messages } from '../columns.ts';
import { exportFormat } from '../export-format.ts';
import { textOf } from '../text-of-messages.ts';

export const msSwift = exportFormat<'pairs'>({
  kind: 'pairs',
  says: 'ms-swift (DPO, ORPO, CPO, SimPO, RM): `--dataset data/train.jsonl`; the last message is the chosen reply.',
  files: ['jsonl'],
  alternates: true,
  lengths: { of: 'whole', fate: 'left out', setting: (tokens) => `--max_length ${String(tokens)}` },
  columns: () => ({ messages, rejected_response: 'string' }),
  rowFrom: ({ prompt, chosen, rejected }): MsSwiftRow => ({
    messages: [...prompt, { role: 'assistant', content: textOf(chosen) }],
    rejected_response: textOf(rejected),
  }),
});
