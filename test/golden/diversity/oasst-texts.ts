import { readFileSync } from 'node:fs';

import { oasstTree } from '../../../pipelines/oasst/oasst-tree.ts';
import type { OasstMessage } from '../../../pipelines/oasst/oasst-tree.ts';

/** Assistant texts of a tree file, depth-first, as make_cases.py lists them. */
export function treeTexts(path: string): string[] {
  const texts: string[] = [];
  const walk = (message: OasstMessage): void => {
    if (message.role === 'assistant') texts.push(message.text);
    message.replies.forEach(walk);
  };
  for (const line of readFileSync(path, 'utf8').trim().split('\n'))
    walk(oasstTree.parse(JSON.parse(line)).prompt);
  return texts;
}

export type Decoding = 'k50' | 'magic_numbers' | 'beam5' | 'greedy';

interface SamplingReport {
  readonly prompts: readonly {
    readonly prompt: string;
    readonly results: readonly { readonly sampling_config: string; readonly outputs: readonly string[] }[];
  }[];
}

/** The first output to each prompt of a sampling report. */
export function decodingTexts(path: string, decoding: Decoding): string[] {
  const report = JSON.parse(readFileSync(path, 'utf8')) as SamplingReport;
  return report.prompts.map(({ results }) => {
    const result = results.find(({ sampling_config }) => sampling_config === decoding);
    return result?.outputs[0] ?? '';
  });
}
