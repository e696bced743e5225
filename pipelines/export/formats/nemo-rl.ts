import type { NemoRlRow } from '../../../schemas/trainer-rows.ts';
import { messages } from '../columns.ts';
import { exportFormat } from '../export-format.ts';

export const nemoRl = exportFormat<'pairs'>({
  kind: 'pairs',
  says: 'NeMo-RL preference data in rank format (DPO, RM): `data/train.jsonl` and `data/test.jsonl` as training and validation path, no keys set.',
  files: ['jsonl'],
  alternates: false,
  lengths: {
    of: 'whole',
    fate: 'cut',
    setting: (tokens) => `policy.max_total_sequence_length=${String(tokens)}`,
  },
  columns: () => ({
    context: messages,
    completions: { list: { struct: { rank: 'int32', completion: messages } } },
  }),
  rowFrom: ({ prompt, chosen, rejected }): NemoRlRow => ({
    context: [...prompt],
    completions: [
      { rank: 0, completion: [...chosen] },
      { rank: 1, completion: [...rejected] },
    ],
  }),
});
