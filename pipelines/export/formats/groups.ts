import type { RankedGroupRow } from '../../../schemas/trainer-rows.ts';
import { messages } from '../columns.ts';
import { exportFormat } from '../export-format.ts';

export const groups = exportFormat<'groups'>({
  kind: 'groups',
  says: 'All replies of a place with their rewards, best first: for ranking losses (PRO, LiPO, RRHF), best-of-n and reward regression. Rewards are posterior means in standard deviations of quality; within `std_error` of each other they say little.',
  files: ['jsonl', 'parquet'],
  alternates: false,
  lengths: { of: 'whole', fate: 'cut', setting: (tokens) => `a maximum of ${String(tokens)} tokens` },
  columns: () => ({
    prompt: messages,
    completions: {
      list: {
        struct: {
          completion: messages,
          rank: 'int32',
          reward: 'double',
          std_error: 'double',
          below_floor: 'boolean',
        },
      },
    },
  }),
  rowFrom: ({ prompt, completions, rewards, std_errors, flagged }): RankedGroupRow => ({
    prompt: [...prompt],
    completions: completions.map((completion, at) => ({
      completion: [...completion],
      rank: rewards.findIndex((reward) => reward === rewards[at]),
      reward: rewards[at] ?? 0,
      std_error: std_errors[at] ?? 0,
      below_floor: flagged[at] ?? false,
    })),
  }),
});
