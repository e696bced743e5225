import type { LlamaFactoryRow } from '../../../schemas/trainer-rows.ts';
import { exportFormat } from '../export-format.ts';
import { textOf } from '../text-of-messages.ts';

const turn = { struct: { from: 'string', value: 'string' } } as const;

export const llamaFactory = exportFormat<'pairs'>({
  kind: 'pairs',
  says: 'LLaMA-Factory sharegpt with `ranking`, for DPO and reward models: `--dataset_dir` this folder, `--dataset` `tacit_train` (`tacit_test`, ...) of its dataset_info.json. For noisy labels `pref_loss: sigmoid` with `dpo_label_smoothing`.',
  files: ['jsonl', 'parquet'],
  alternates: true,
  lengths: { of: 'whole', fate: 'cut', setting: (tokens) => `cutoff_len: ${String(tokens)}` },
  columns: () => ({ system: 'string', conversations: { list: turn }, chosen: turn, rejected: turn }),
  rowFrom: ({ prompt, chosen, rejected }): LlamaFactoryRow => ({
    system: textOf(prompt.filter(({ role }) => role === 'system')),
    conversations: prompt
      .filter(({ role }) => role !== 'system')
      .map(({ role, content }) => ({ from: role === 'user' ? 'human' : 'gpt', value: content })),
    chosen: { from: 'gpt', value: textOf(chosen) },
    rejected: { from: 'gpt', value: textOf(rejected) },
  }),
  extraFiles: (splits, files) => [
    {
      name: 'dataset_info.json',
      content: `${JSON.stringify(
        Object.fromEntries(
          splits.map((split) => [
            `tacit_${split}`,
            {
              file_name: `data/${split}.${files}`,
              formatting: 'sharegpt',
              ranking: true,
              columns: {
                messages: 'conversations',
                system: 'system',
                chosen: 'chosen',
                rejected: 'rejected',
              },
            },
          ]),
        ),
        null,
        2,
      )}\n`,
    },
  ],
});
