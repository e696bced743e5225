import { createHash } from 'node:crypto';

import type { DatasetRecipe } from '../../../schemas/build-report.ts';

/** Names a plan: the configuration alone, 16 hex digits of its SHA-256. */
export function planHashOf(config: DatasetRecipe['config']): string {
  return sha256(JSON.stringify(config)).slice(0, 16);
}

/** Names a dataset by all that its bytes follow from: the same recipe is the same dataset. */
export function datasetIdOf(recipe: DatasetRecipe): string {
  return `ds-${sha256(JSON.stringify(recipe)).slice(0, 20)}`;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
