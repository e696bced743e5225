import type { TrlDpoRow, TrlRewardRow } from '../../schemas/preference-row.ts';
import type { StoredPair } from './stored-pair.ts';

/** How a trainer wants the rows of a dataset. */
export interface ExportFormat {
  /** For the card: who reads it, and how. */
  readonly says: string;
  readonly rowFromPair: (pair: StoredPair) => TrlDpoRow | TrlRewardRow;
}

/** Every row of a file has the same columns: loaders infer types. A field that no row has a value for is no column. */
export const exportFormats = {
  'trl-dpo': {
    says: 'TRL `DPOTrainer`, conversational with explicit prompt; OpenRLHF (`prompt_key=prompt`) and torchtune read the same file.',
    rowFromPair: ({ prompt, chosen, rejected }): TrlDpoRow => ({
      prompt: [...prompt],
      chosen: [...chosen],
      rejected: [...rejected],
    }),
  },
  'trl-reward': {
    says: 'TRL `RewardTrainer`, conversational with implicit prompt. No `margin` column: none is known.',
    rowFromPair: ({ prompt, chosen, rejected }): TrlRewardRow => ({
      chosen: [...prompt, ...chosen],
      rejected: [...prompt, ...rejected],
    }),
  },
} as const satisfies Record<string, ExportFormat>;

export type ExportFormatName = keyof typeof exportFormats;

export const exportFormatNames = Object.keys(exportFormats) as ExportFormatName[];
