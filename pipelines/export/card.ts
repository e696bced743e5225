import { splits } from '../../schemas/provenance.ts';
import { evidenceSections } from './card-evidence.ts';
import { trainingSection } from './card-training.ts';
import type { ExportFacts } from './export-facts.ts';
import { exportFormats } from './formats.ts';
import type { ExportFormatName } from './formats.ts';
import { countText, markdownTable, percentText } from './markdown.ts';
import type { RowKind } from './stored-rows.ts';

/** What marks a folder as the export of a dataset in a format; stands in the card's front matter. */
export function cardMark(dataset: string, format: ExportFormatName): string {
  return `tacit:\n  dataset: ${dataset}\n  format: ${format}\n`;
}

const rowsAre: Readonly<Record<RowKind, string>> = {
  pairs:
    'Each row is a pair of replies: one annotator, by a deed, put one above another that stood in the same place with the same context.',
  singles:
    'Each row is one reply of which it is known, from what its annotator did, whether it is better than the replies that annotator usually gets.',
  groups:
    'Each row is a place of a conversation with all replies that were shown there, ranked by their rewards.',
  prompts: 'Each row is a context without a reply; near-duplicates are in it once.',
};

/** The dataset card, README.md of the folder: what is in it, how each number came about, what is not known. */
export function cardFromExport(facts: ExportFacts): string {
  const { manifest, format, rows } = facts;
  const { kind, says } = exportFormats[format];
  const all = splits.reduce((sum, split) => sum + rows[split], 0);
  return `---
${configs(facts)}size_categories:
  - ${sizeCategory(all)}
tags:
  - ${kind === 'prompts' ? 'prompts' : 'preference'}
${cardMark(manifest.dataset, format)}---

# ${manifest.app}: preferences from what people did

${countText(all)} rows of ${countText(facts.annotators)} annotators. Nobody was asked to judge. ${rowsAre[kind]}

Format \`${format}\`: ${says}

\`\`\`python
from datasets import load_dataset
dataset = load_dataset("path/to/this/folder")
\`\`\`

${markdownTable(
  ['split', 'rows'],
  splits.map((split) => [split, rows[split]]),
)}
${splitSays(facts)}

${trainingSection(facts)}
${evidenceSections(facts)}
## What is not known

${unknowns(facts).join('\n')}

Annotators who denied training, minors, and turns that were retracted, with what hangs on them, are not in here.${erasedSays(facts)}

## Made from

${madeFrom(facts)}`;
}

/** Loaders refuse a file without rows, and would take any stray file for data where no config names the files. */
function configs({ rows, files, goldRows }: ExportFacts): string {
  const file = (split: string, path: string) => `      - split: ${split}\n        path: ${path}\n`;
  const filled = splits.filter((split) => rows[split] > 0);
  const gold =
    goldRows > 0 ? `  - config_name: gold\n    data_files:\n${file('test', `gold/test.${files}`)}` : '';
  const data = filled.map((split) => file(split, `data/${split}.${files}`)).join('');
  return `configs:\n  - config_name: default\n    default: true\n    data_files:${data === '' ? ' []' : ''}\n${data}${gold}`;
}

function splitSays({ manifest, rows, goldRows }: ExportFacts): string {
  const { test_share, validation_share } = manifest.config;
  const validation = validation_share > 0 ? `, the next ${percentText(validation_share)} validation` : '';
  const empty =
    rows.train > 0 && rows.test === 0
      ? ' The test side is empty: with few annotators chance may put none there. It is not listed as a split, because an empty file has no columns.'
      : '';
  const gold =
    goldRows > 0
      ? ` Config \`gold\` holds those ${countText(goldRows)} rows of the test side that an edit, a choice, or two signals that agree stand behind.`
      : '';
  return `Split: by annotator, so that everything of one person is on one side. A person's side is fixed for the app for ever: the first 53 bits of MurmurHash3_x86_128 of \`["<app>","<annotator_id>"]\`, as a fraction, below ${percentText(test_share)} is test${validation}.${empty}${gold}`;
}

function erasedSays({ erased }: ExportFacts): string {
  return erased === 0
    ? ''
    : ` ${countText(erased)} rows were erased since the dataset was built, with the people they were of, who asked to be forgotten: what this card counts of the build still counts them.`;
}

function unknowns({ manifest, withMargin, format }: ExportFacts): string[] {
  const { kind } = exportFormats[format];
  return [
    "- `provenance.jsonl` has a line a row: train rows in the order of their file, then the other splits. The order is that of the rows' ids, as good as shuffled.",
    ...(kind === 'pairs' && manifest.reactions === null
      ? [
          '- `delta`, `std_error`, `p`, `margin` are null: pairs come from deeds alone, no reward model was fitted, so no chance that chosen is the better can be given. No quality floor, no outlier marks. Deeds are noisy: where likes could be held against human ranks, about a third pointed the other way.',
        ]
      : []),
    ...(kind === 'pairs' && !withMargin
      ? ['- The rows have no `margin`: it is not known for all of them.']
      : []),
    ...(kind === 'pairs'
      ? [
          '- `weight` (mean 1) shares the weight of one between the pairs of a group. Metadata: no stock trainer takes a weight per pair; `margin`, a threshold on `p`, or resampling carry it. 1 / `inclusion` undoes the draw by stratum.',
        ]
      : []),
    ...(kind === 'singles' || kind === 'groups'
      ? [
          '- `weight` in `provenance.jsonl` (mean 1 on each side) leaves no person and no character more than a small share. Metadata: no stock trainer takes it.',
        ]
      : []),
    '- The licence is not set: whoever owns the data decides.',
  ];
}

function madeFrom({ manifest }: ExportFacts): string {
  const { config, cut } = manifest;
  return markdownTable(
    ['', ''],
    [
      ['dataset', `\`${manifest.dataset}\``],
      ['app', `\`${manifest.app}\``],
      ['events', `${countText(manifest.events)}, fingerprint \`${manifest.events_fingerprint}\``],
      ["app's clock at the cut", cut.clock_ms === null ? 'none' : new Date(cut.clock_ms).toISOString()],
      ['pairs across model versions', config.cross_model ? 'yes' : 'no'],
      ['filter', Object.keys(config.filter).length === 0 ? 'none' : `\`${JSON.stringify(config.filter)}\``],
      ['plan', `\`${manifest.plan_hash}\``],
      ['code', `\`${manifest.code_version}\``],
      ['seed', `\`${manifest.seed}\``],
    ],
  );
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
