import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { endsWithThis } from '../../../infra/processes/ends-with-this.ts';
import { measureSamples } from '../../../pipelines/diversity/measure-samples.ts';
import { perPromptScores } from '../../../pipelines/diversity/per-prompt-scores.ts';
import type { ProbeSample } from '../../../pipelines/diversity/reading/probe-sample.ts';
import { ourMetrics } from './our-metrics.ts';
import { requirementsPath, timeReference } from './reference-process.ts';
import { zipfReplies } from './zipf-replies.ts';

const words = 120;
/** What takes the packages time quadratic or cubic in the replies is measured there on fewer of them, twice. */
const fewerOf = (quick: boolean): Readonly<Record<string, readonly [number, number]>> => ({
  'self-BLEU': [100, 200],
  Vendi: quick ? [1_000, 2_000] : [2_000, 4_000],
  homogenization: [40, 80],
});

/**
 * Every metric on 10,000 replies of about 120 words beside the Python reference packages, in one run: only the ratios
 * mean anything on a shared machine. Then how the costly ones grow, and what one probe takes.
 */
export async function bench({ quick }: { quick: boolean }): Promise<void> {
  const replies = quick ? 2_000 : 10_000;
  const texts = zipfReplies(replies, words);
  const fewer = fewerOf(quick);
  const sizes = Object.keys(ourMetrics).flatMap((metric) =>
    (fewer[metric] ?? [replies]).map((size) => [metric, size] as const),
  );
  const requirements = readFileSync(requirementsPath, 'utf8').trim().split('\n');
  const reference = await timeReference(texts, sizes, requirements);
  const theirs = (metric: string, size: number) =>
    'seconds' in reference ? (reference.seconds.get(`${metric} ${size}`) ?? Number.NaN) : Number.NaN;
  if ('missing' in reference) console.log(`reference packages: not measured, ${reference.missing}`);

  console.log(`metric on ${replies} replies       ours s   packages s   ratio`);
  let [ourSum, theirSum] = [0, 0];
  /** On as many replies as the packages were run on. */
  let [ourSame, theirSame] = [0, 0];
  for (const [metric, measure] of Object.entries(ourMetrics)) {
    const ours = secondsOf(() => measure(texts));
    const reduced = fewer[metric];
    let packages = theirs(metric, replies);
    let note = '';
    let same = ours;
    let measured = packages;
    if (reduced !== undefined) {
      const [small, large] = reduced;
      const power = Math.log(theirs(metric, large) / theirs(metric, small)) / Math.log(large / small);
      packages = theirs(metric, large) * (replies / large) ** 2;
      same = secondsOf(() => measure(texts.slice(0, large)));
      measured = theirs(metric, large);
      note =
        `  (packages: ${shown(measured)} s on ${large} replies, growing with power ${power.toFixed(1)}, ` +
        `set out from there with power 2; ours on ${large}: ${shown(same)} s, ${Math.round(measured / same)} times faster)`;
    }
    ourSum += ours;
    theirSum += packages;
    ourSame += same;
    theirSame += measured;
    console.log(`${metric.padEnd(28)} ${shown(ours)} ${shown(packages)} ${shown(packages / ours)}${note}`);
  }
  for (const [name, ours, packages] of [
    ['all', ourSum, theirSum],
    ['all, nothing set out', ourSame, theirSame],
  ] as const)
    console.log(`${name.padEnd(28)} ${shown(ours)} ${shown(packages)} ${shown(packages / ours)}`);

  for (const metric of ['self-BLEU', 'Vendi'] as const) {
    const measure = ourMetrics[metric] as (texts: readonly string[]) => unknown;
    const half = secondsOf(() => measure(texts.slice(0, replies / 2)));
    const full = secondsOf(() => measure(texts));
    console.log(
      `${metric}: ${shown(half)} s on half, ${shown(full)} s on all: power ${Math.log2(full / half).toFixed(2)}, ` +
        `${((full / replies ** 2) * 1e9).toFixed(0)} ns times replies squared`,
    );
  }

  const samples = texts.map((text, i): ProbeSample => ({ promptId: `p${i}`, character: `c${i % 50}`, text }));
  console.log(
    `measureSamples on all: ${shown(secondsOf(() => measureSamples(samples, { tokenBudget: null })))} s`,
  );
  benchProbe();
  await benchAnswers();
}

/** 32 prompts x 4 replies of about 60 words: metrics and scores by prompt, the first time in a process and after. */
function benchProbe(): void {
  const probe = zipfReplies(128, 60).map((text, i): ProbeSample => ({
    promptId: `p${i >> 2}`,
    character: `c${(i >> 2) % 8}`,
    text,
  }));
  const options = { tokenBudget: { en: 45 } };
  const times = Array.from({ length: 21 }, () =>
    secondsOf(() => [measureSamples(probe, options), perPromptScores(probe, options)]),
  ).sort((a, b) => a - b);
  const ms = (seconds: number | undefined) => ((seconds ?? Number.NaN) * 1000).toFixed(0);
  console.log(
    `a probe of 32 prompts x 4 replies of 60 words: median ${ms(times[10])} ms, slowest ${ms(times[20])} ms of 21`,
  );
}

/** The same from a request to its answer, in a process of its own: the first, and when all is warm. */
async function benchAnswers(): Promise<void> {
  const answering = promisify(execFile)(process.execPath, [join(import.meta.dirname, 'probe-answer.ts')]);
  endsWithThis(answering.child);
  const { stdout } = await answering;
  const { first, baselineComplete, median, slowest } = JSON.parse(stdout) as Record<string, number>;
  const ms = (value: number | undefined) => `${(value ?? Number.NaN).toFixed(0)} ms`;
  console.log(
    `answered over the API, stored (to reach: 250 ms): the first of a process ${ms(first)}, ` +
      `the last of a baseline ${ms(baselineComplete)}, median ${ms(median)}, slowest ${ms(slowest)} of 30`,
  );
}

function secondsOf(run: () => unknown): number {
  const start = performance.now();
  run();
  return (performance.now() - start) / 1000;
}

const shown = (value: number): string => value.toPrecision(3).padStart(10);
