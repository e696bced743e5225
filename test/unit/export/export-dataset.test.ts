import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';

import { exportFormatNames, exportFormats } from '../../../pipelines/export/formats.ts';
import type { ExportFormatName } from '../../../pipelines/export/formats.ts';
import {
  groupProvenance,
  pairProvenance,
  promptProvenance,
  singleProvenance,
} from '../../../schemas/export-provenance.ts';
import {
  openRlhfRow,
  trlDpoRow,
  trlKtoRow,
  trlPromptRow,
  trlRewardRow,
} from '../../../schemas/preference-row.ts';
import { provenance } from '../../../schemas/provenance.ts';
import {
  axolotlRow,
  llamaFactoryRow,
  msSwiftRow,
  nemoRlRow,
  rankedGroupRow,
  verlRewardRow,
  verlRow,
} from '../../../schemas/trainer-rows.ts';
import { exportDataset } from '../../../services/jobs/export/export-dataset.ts';
import type { ExportOptions } from '../../../services/jobs/export/export-dataset.ts';
import { openWarehouseFixture } from '../../support/warehouse-fixture.ts';
import type { WarehouseFixture } from '../../support/warehouse-fixture.ts';
import {
  app,
  dataset,
  groups,
  pairs,
  promptRows,
  singles,
  storeFixture,
} from '../../support/stored-dataset.ts';

const rowSchemas: Readonly<Record<ExportFormatName, z.ZodType>> = {
  'trl-dpo': trlDpoRow,
  'trl-reward': trlRewardRow.required(),
  'trl-kto': trlKtoRow,
  'trl-prompts': trlPromptRow,
  openrlhf: openRlhfRow.required(),
  'llama-factory': llamaFactoryRow,
  axolotl: axolotlRow,
  'ms-swift': msSwiftRow,
  'nemo-rl': nemoRlRow,
  verl: verlRow,
  'verl-reward': verlRewardRow,
  groups: rankedGroupRow,
};
const stored = { pairs, singles, groups, prompts: promptRows };
const lineSchemas = {
  pairs: pairProvenance,
  singles: singleProvenance,
  groups: groupProvenance,
  prompts: promptProvenance,
};

let fixture: WarehouseFixture;
beforeAll(async () => {
  fixture = await openWarehouseFixture();
  await storeFixture(fixture.warehouse);
});
afterAll(() => fixture.close());

async function exported(name: string, options: Partial<ExportOptions> & { format: string }) {
  const dir = join(fixture.dataDir, name);
  const report = await exportDataset({ warehouse: fixture.warehouse, app, dataset, dir, ...options });
  return { dir, report, card: await readFile(join(dir, 'README.md'), 'utf8') };
}

async function rowsOf(path: string): Promise<unknown[]> {
  const bytes = await readFile(path);
  if (!path.endsWith('.parquet')) {
    return bytes
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
  }
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  return await parquetReadObjects({ file });
}

const variants = exportFormatNames.flatMap((format) =>
  exportFormats[format].files.map((files) => ({ format, files })),
);

describe.each(variants)('$format as $files', ({ format, files }) => {
  test('reads back: rows of its schema, provenance line by line, a card and croissant.json', async () => {
    const { kind, alternates } = exportFormats[format];
    const { dir, report, card } = await exported(`${format}-${files}`, { format, files });
    const [train, held] = await Promise.all(
      ['train', 'test'].map((split) => rowsOf(join(dir, `data/${split}.${files}`))),
    );
    const rows = [...(train ?? []), ...(held ?? [])].map((row) => rowSchemas[format].parse(row));
    expect(report.rows).toEqual({ train: train?.length, validation: 0, test: held?.length });
    const unfit = alternates ? stored[kind].filter((_, at) => at % 7 >= 5).length : 0;
    expect(rows).toHaveLength(stored[kind].length - unfit);
    const lines = await rowsOf(join(dir, 'provenance.jsonl'));
    expect(lines.map((line) => lineSchemas[kind].parse(line).row)).toEqual([
      ...(train ?? []).map((_, at) => at),
      ...(held ?? []).map((_, at) => at),
    ]);
    if (kind === 'pairs' || kind === 'singles') for (const line of lines) provenance.parse(line);
    expect(report.files).toContain('croissant.json');
    const croissant = JSON.parse(await readFile(join(dir, 'croissant.json'), 'utf8')) as {
      distribution: { contentUrl: string; sha256: string }[];
    };
    for (const { contentUrl, sha256 } of croissant.distribution) {
      const bytes = await readFile(join(dir, contentUrl));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
    expect(croissant.distribution.length).toBe(report.files.length - 2);
    expect(card).toContain(`path: data/train.${files}`);
    expect(card).not.toMatch(/undefined|NaN|\[object/);
    expect((await readdir(dir)).some((name) => name.endsWith('.partial'))).toBe(false);
  });
});

test('Parquet and JSON lines hold the same rows', async () => {
  for (const format of ['trl-dpo', 'trl-reward', 'trl-kto', 'groups'] as const) {
    const [one, other] = await Promise.all(
      (['jsonl', 'parquet'] as const).map(async (files) => {
        const { dir } = await exported(`same-${format}-${files}`, { format, files });
        return await rowsOf(join(dir, `data/train.${files}`));
      }),
    );
    expect(one).toEqual(other);
  }
});

test.each([
  ['trl-kto', singles.map(({ weight }) => weight)],
  ['groups', groups.map(({ weight }) => weight)],
] as const)('provenance of %s has the weight of each row', async (format, weights) => {
  const { dir } = await exported(`weights-${format}`, { format });
  const lines = (await rowsOf(join(dir, 'provenance.jsonl'))) as { weight: number }[];
  expect(lines.map(({ weight }) => weight).sort()).toEqual([...weights].sort());
});

test('replies with the same reward share a rank', async () => {
  const { dir } = await exported('ranks', { format: 'groups' });
  const [row] = await rowsOf(join(dir, 'data/train.jsonl'));
  expect(rankedGroupRow.parse(row).completions.map(({ rank }) => rank)).toEqual([0, 1, 1]);
});

test('gold rows are a config of their own, outside of data/', async () => {
  const { dir, card } = await exported('gold', { format: 'trl-dpo' });
  expect(await rowsOf(join(dir, 'gold/test.jsonl'))).toHaveLength(pairs.filter(({ gold }) => gold).length);
  expect(card).toContain(
    '  - config_name: gold\n    data_files:\n      - split: test\n        path: gold/test.jsonl\n',
  );
});

test('says what long rows cost and which line saves them', async () => {
  const { card } = await exported('long', { format: 'trl-dpo' });
  expect(card).toMatch(/4 of 28 rows would be left out \(prompt alone too long\)/);
  expect(card).toMatch(/DPOConfig\(max_length=2048\)/);
  expect(card).toMatch(/16 prompts do not strictly alternate/);
});

test('mends what can alternate and counts the rest', async () => {
  const { dir, report, card } = await exported('strict', { format: 'trl-dpo', strictAlternation: true });
  expect(report.rows).toEqual({ train: 15, validation: 0, test: 5 });
  expect(card).toMatch(/8 were mended/);
  expect(card).toMatch(/rows left out: 4 as `\w+`, 4 as `\w+`/);
  for (const row of await rowsOf(join(dir, 'data/train.jsonl'))) {
    const roles = trlDpoRow.parse(row).prompt.map(({ role }) => role);
    expect(roles.join(' ')).toMatch(/^(system )?user( assistant user)*$/);
  }
});

test('leaves margin out of every row when one pair has none', async () => {
  const withoutOne = pairs.map((pair, at) => (at === 3 ? { ...pair, p: null } : pair));
  await storeFixture(fixture.warehouse, 'ds-one-null', withoutOne);
  const { dir, card } = await exported('one-null', { format: 'trl-reward', dataset: 'ds-one-null' });
  const rows = await rowsOf(join(dir, 'data/train.jsonl'));
  expect(rows).toHaveLength(21);
  for (const row of rows) expect(row).not.toHaveProperty('margin');
  expect(card).toContain('No `margin` column');
});

test('the same dataset gives the same bytes', async () => {
  const [one, other] = await Promise.all(
    ['bytes-1', 'bytes-2'].map(async (name) => {
      const { dir, report } = await exported(name, { format: 'trl-reward', files: 'parquet' });
      return await Promise.all(report.files.map((file) => readFile(join(dir, file))));
    }),
  );
  expect(one).toEqual(other);
});

test('takes away what a former export left in the folder', async () => {
  await exported('again', { format: 'trl-dpo', files: 'jsonl' });
  const { dir, report } = await exported('again', { format: 'trl-dpo', files: 'parquet' });
  const held = await Promise.all(['', 'data', 'gold'].map((name) => readdir(join(dir, name))));
  expect(held).toEqual([
    ['README.md', 'croissant.json', 'data', 'gold', 'provenance.jsonl'],
    ['test.parquet', 'train.parquet'],
    ['test.parquet'],
  ]);
  expect(report.files).toHaveLength(6);
});

test('refuses a file type that the trainer does not read', async () => {
  await expect(exported('wrong', { format: 'verl', files: 'jsonl' })).rejects.toMatchObject({
    code: 'misuse',
  });
});
