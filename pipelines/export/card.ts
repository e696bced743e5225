import type { DatasetManifest } from '../../schemas/build-report.ts';
import { splits } from '../../schemas/provenance.ts';
import { exportFormats } from './formats.ts';
import type { ExportFormatName } from './formats.ts';

/** What marks a folder as the export of a dataset in a format; stands in the card's front matter. */
export function cardMark(dataset: string, format: ExportFormatName): string {
  return `tacit:\n  dataset: ${dataset}\n  format: ${format}\n`;
}

/** The dataset card, README.md of the folder: what is in it, how each number came about, what is not known. */
export function cardFromManifest(manifest: DatasetManifest, format: ExportFormatName): string {
  const { pairs, groups, annotators, funnel, config } = manifest;
  const candidates = total(funnel.filter(({ step }) => step === 'candidate'));
  const testShare = percent(config.test_share, 1);
  return `---
configs:
  - config_name: default
    data_files:
${filledSplits(manifest)
  .map((split) => `      - split: ${split}\n        path: data/${split}.jsonl\n`)
  .join('')}size_categories:
  - ${sizeCategory(pairs)}
tags:
  - preference
${cardMark(manifest.dataset, format)}---

# ${manifest.app}: preferences from what people did

${count(pairs)} pairs of replies, of ${count(annotators)} annotators, from ${count(groups)} places of their conversations. Nobody was asked to judge: a pair says that one annotator, by a deed, put one reply above another that stood in the same place with the same context.

Format \`${format}\`: ${exportFormats[format].says}

\`\`\`python
from datasets import load_dataset
dataset = load_dataset("path/to/this/folder")
\`\`\`

| split | rows | annotators |
| --- | ---: | ---: |
${splits.map((split) => `| ${split} | ${count(manifest.splits[split].pairs)} | ${count(manifest.splits[split].annotators)} |\n`).join('')}
Split: by annotator, so that everything of one person is on one side. A person's side is fixed for the app for ever: the first 53 bits of MurmurHash3_x86_128 of \`["<app>","<annotator_id>"]\`, as a fraction, below ${testShare} % is test.${
    pairs > 0 && manifest.splits.test.pairs === 0
      ? ' The test side is empty: with few annotators chance may put none there. It is not listed as a split, because an empty file has no columns.'
      : ''
  }

## Where the pairs come from

${table(['strongest deed', 'pairs'], Object.entries(manifest.sources))}
- \`choose\`: picked when several were shown side by side, over each that was passed over.
- \`edit\`: the annotator's own rewriting over what the model had said. The chosen text is human; both turn ids are the same.
- \`like\`: last feedback 1 over last feedback -1.
- \`regenerate\`: kept and answered, over each reply that was regenerated before it.

Chosen is the longer text in ${percent(manifest.chosen_longer, pairs)} % of the pairs.

${table(['cohort (activity-preference)', 'pairs'], Object.entries(manifest.cohorts))}
## What was left out

${count(candidates)} candidates gave ${count(pairs)} pairs. The rest, by the first reason that applied:

${table(
  ['reason', 'candidates'],
  funnel.filter(({ step }) => step === 'pair').map(({ reason, count: left }) => [reason, left]),
)}
Of ${count(total(funnel.filter(({ step, reason }) => step === 'turn' && reason === 'read')))} turns read, ${count(
    total(funnel.filter(({ reason }) => reason === 'duplicate_turn')),
  )} more came with an id that an earlier one had; the first in order counts.

## What is not known

In \`provenance.jsonl\` (a line a row: train rows in the order of their file, then test rows; the order is that of the pairs' ids, as good as shuffled):

- \`delta\`, \`std_error\`, \`p\`, \`margin\` are null: pairs come from deeds alone, no reward model was fitted, so no chance that chosen is the better can be given. The rows have no margin either.
- No quality floor, no outlier marks, no check whether these deeds are worth training on. Deeds are noisy: where likes could be held against human ranks, about a third pointed the other way.
- \`weight\` is 1 / (pairs of its group), scaled to mean 1 over the dataset. Metadata: no stock trainer takes a weight per pair.
- The licence is not set: whoever owns the data decides.

Annotators who denied training, minors, and turns that were retracted, with what hangs on them, are not in here.

## Made from

| | |
| --- | --- |
| dataset | \`${manifest.dataset}\` |
| app | \`${manifest.app}\` |
| events | ${count(manifest.events)}, fingerprint \`${manifest.events_fingerprint}\` |
| app's clock at the cut | ${manifest.cut.clock_ms === null ? 'none' : new Date(manifest.cut.clock_ms).toISOString()} |
| pairs across model versions | ${config.cross_model ? 'yes' : 'no'} |
| plan | \`${manifest.plan_hash}\` |
| code | \`${manifest.code_version}\` |
| seed | \`${manifest.seed}\` (nothing is drawn at random) |
`;
}

/** Splits that have rows: loaders refuse a file without any. */
function filledSplits(manifest: DatasetManifest) {
  return splits.filter((split) => manifest.splits[split].pairs > 0);
}

function table(head: readonly [string, string], rows: readonly (readonly [string, number])[]): string {
  const body = rows.map(([name, value]) => `| ${name} | ${count(value)} |\n`).join('');
  return `| ${head.join(' | ')} |\n| --- | ---: |\n${body}`;
}

function sizeCategory(rows: number): string {
  const bounds = [
    [1e3, 'n<1K'],
    [1e4, '1K<n<10K'],
    [1e5, '10K<n<100K'],
    [1e6, '100K<n<1M'],
  ] as const;
  return bounds.find(([bound]) => rows < bound)?.[1] ?? '1M<n<10M';
}

const total = (entries: readonly { readonly count: number }[]) =>
  entries.reduce((sum, { count: n }) => sum + n, 0);
const count = (value: number) => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
const percent = (part: number, whole: number) => (whole === 0 ? '0' : ((100 * part) / whole).toFixed(1));
