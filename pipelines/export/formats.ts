import type { ExportFormat } from './export-format.ts';
import { axolotl } from './formats/axolotl.ts';
import { groups } from './formats/groups.ts';
import { llamaFactory } from './formats/llama-factory.ts';
import { msSwift } from './formats/ms-swift.ts';
import { nemoRl } from './formats/nemo-rl.ts';
import { openRlhf } from './formats/openrlhf.ts';
import { trlDpo, trlKto, trlPrompts, trlReward } from './formats/trl.ts';
import { verl, verlReward } from './formats/verl.ts';

/** Every format that a dataset can be exported in. */
export const exportFormats = {
  'trl-dpo': trlDpo,
  'trl-reward': trlReward,
  'trl-kto': trlKto,
  'trl-prompts': trlPrompts,
  openrlhf: openRlhf,
  'llama-factory': llamaFactory,
  axolotl,
  'ms-swift': msSwift,
  'nemo-rl': nemoRl,
  verl,
  'verl-reward': verlReward,
  groups,
} as const satisfies Record<string, ExportFormat>;

export type ExportFormatName = keyof typeof exportFormats;

export const exportFormatNames = Object.keys(exportFormats) as ExportFormatName[];
