import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { z } from 'zod';

import { TacitError } from '../../../schemas/errors.ts';
import { probeSetPrompt, type ProbeSetPrompt } from '../../../schemas/probe-set.ts';
import { probeSampleBody, type ProbeSampleBody } from '../../../schemas/runs.ts';
import { linesOf } from '../lines-of.ts';

/** Samples of one step of a file. */
export interface StepSamples {
  /** undefined: the file does not say. */
  readonly step: number | undefined;
  readonly samples: readonly ProbeSampleBody[];
  readonly metrics: Readonly<Record<string, number>>;
}

/** Whether a file holds rollouts: completions of a training batch, as GRPO of TRL writes them. */
export const holdsRollouts = (file: string) => file.endsWith('.parquet');

/**
 * Samples of a file: JSON lines of `{ prompt_id, text, entropy?, finish_reason?, step? }`, or Parquet with the columns
 * `prompt` and `completion`, and perhaps `step` and one for each reward.
 * @throws TacitError `misuse`
 */
export async function readSamplesFile(file: string): Promise<StepSamples[]> {
  return holdsRollouts(file) ? await readRollouts(file) : await readLines(file);
}

/** @throws TacitError `misuse` */
export async function readProbeSet(file: string): Promise<ProbeSetPrompt[]> {
  return await jsonLines(file, probeSetPrompt, 'a prompt of a probe set (tacit probe-set writes them)');
}

async function readLines(file: string): Promise<StepSamples[]> {
  const rows = await jsonLines(
    file,
    probeSampleBody.extend({ step: z.int().optional() }),
    'a sample with prompt_id and text',
  );
  const steps = grouped(rows, ({ step }) => step);
  return [...steps].map(([step, samples]) => ({
    step,
    samples: samples.map(({ step: _step, ...sample }) => sample),
    metrics: {},
  }));
}

async function jsonLines<Row>(file: string, schema: z.ZodType<Row>, what: string): Promise<Row[]> {
  const rows: Row[] = [];
  let lineNumber = 0;
  try {
    for await (const line of linesOf(createReadStream(file))) {
      lineNumber += 1;
      if (line.trim() !== '') rows.push(schema.parse(JSON.parse(line)));
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message =
      code === undefined
        ? `line ${lineNumber} of ${file} is not ${what}`
        : `${file} cannot be read (${code})`;
    throw new TacitError('misuse', message, { cause: error });
  }
  if (rows.length === 0) throw new TacitError('misuse', `${file} is empty`);
  return rows;
}

/** Columns of TRL that are no rewards. */
const otherColumns = new Set(['step', 'prompt', 'completion', 'advantage']);

async function readRollouts(file: string): Promise<StepSamples[]> {
  const rows = await parquetRows(file);
  const steps = grouped(rows, ({ step }) => (step === undefined || step === null ? undefined : Number(step)));
  return [...steps].map(([step, all]) => {
    const rewards = Object.keys(all[0] ?? {}).filter((name) => !otherColumns.has(name));
    const sums = all.map((row) => rewards.reduce((sum, name) => sum + Number(row[name] ?? 0), 0));
    const reward = sums.reduce((sum, value) => sum + value, 0) / sums.length;
    return {
      step,
      samples: all.map(({ prompt, completion }) => ({
        prompt_id: createHash('sha256').update(textOf(prompt)).digest('hex').slice(0, 16),
        text: textOf(completion),
      })),
      metrics: rewards.length > 0 && Number.isFinite(reward) ? { reward } : {},
    };
  });
}

async function parquetRows(file: string): Promise<Record<string, unknown>[]> {
  try {
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file) });
    if (rows.length > 0 && rows.every((row) => 'prompt' in row && 'completion' in row)) return rows;
  } catch (error) {
    throw new TacitError('misuse', `${file} is no Parquet file that can be read`, { cause: error });
  }
  throw new TacitError('misuse', `${file} has no columns prompt and completion, as completions of TRL have`);
}

/** A text, or the contents of a list of messages. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    return value
      .map((message: unknown) =>
        typeof message === 'object' && message !== null && 'content' in message
          ? String(message.content)
          : '',
      )
      .join('\n');
  }
  return '';
}

function grouped<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
