import type { Command } from 'commander';
import { z } from 'zod';

import { appName } from '../../../schemas/api-key.ts';
import { TacitError } from '../../../schemas/errors.ts';
import type { ProbeSetPrompt } from '../../../schemas/probe-set.ts';
import { probePhases, type ProbeAnswer, type ProbeSampleBody } from '../../../schemas/runs.ts';
import type { Report } from '../command.ts';
import type { Machine } from '../machine.ts';
import { optionsFrom } from '../options-from.ts';
import { holdsRollouts, readProbeSet, readSamplesFile, type StepSamples } from '../probing/read-samples.ts';
import { sampleEndpoint } from '../probing/sample-endpoint.ts';
import { createRunsClient, type RunsClient } from '../sending/runs-client.ts';
import { withDestination } from '../sending/with-destination.ts';
import { createTerminalReport } from '../terminal/terminal-report.ts';
import { withExamples } from './with-examples.ts';

const number = (says: string) => z.coerce.number({ error: `must be ${says}` });

const probeOptions = z.object({
  run: z.string().min(1),
  step: number('a whole number').int().optional(),
  phase: z.enum(probePhases, { error: 'must be baseline or training' }).default('training'),
  epoch: number('a number').min(0).optional(),
  endpoint: z.url({ error: 'must be an address such as http://127.0.0.1:8000/v1' }).optional(),
  endpointKey: z.string().optional(),
  model: z.string().optional(),
  samples: z.string().optional(),
  probeSet: z.string().optional(),
  samplesPerPrompt: number('a whole number').int().min(1).default(8),
  temperature: number('a number').min(0).optional(),
  topP: number('a number').min(0).max(1).optional(),
  maxTokens: number('a whole number').int().min(1).optional(),
  app: appName,
  url: z.url({ error: 'must be an address such as http://127.0.0.1:8224' }).optional(),
  key: z.string().optional(),
});

type ProbeOptions = z.infer<typeof probeOptions>;

export function addRunsProbe(runs: Command, machine: Machine): void {
  const command = runs
    .command('probe')
    .description('send samples of a checkpoint, and get the verdict; makes the run when it is not there yet')
    .argument('<run>', 'name of the run')
    .option('--step <step>', 'training step of the checkpoint (a file of completions may say it)')
    .option('--phase <phase>', 'baseline (the starting policy, at least five times) or training', 'training')
    .option('--epoch <epoch>', 'epoch of the checkpoint')
    .option('--endpoint <url>', 'OpenAI-compatible server of the checkpoint, to draw samples from')
    .option('--endpoint-key <key>', 'its key, where it asks for one')
    .option('--model <name>', 'its name for the model')
    .option(
      '--samples <file>',
      'samples already drawn: JSON lines, or completions of TRL as Parquet (rollouts)',
    )
    .option('--probe-set <file>', 'prompts, as tacit probe-set writes them')
    .option('--samples-per-prompt <count>', 'how many to draw', '8')
    .option('--temperature <value>', 'sampling; the same over a run')
    .option('--top-p <value>', 'sampling; the same over a run')
    .option('--max-tokens <count>', 'sampling; the same over a run')
    .option('--app <name>', 'which app, where no key names it', 'default')
    .option('--url <url>', 'server to send to (the one on the data directory is found by itself)')
    .option('--key <key>', 'API key with the scope runs, for --url')
    .option('--json', 'one JSON object on standard output, nothing else');
  withExamples(command, [
    'tacit runs probe dpo-3 --step 0 --phase baseline --endpoint http://127.0.0.1:8000/v1 --probe-set probes.jsonl',
    'tacit runs probe dpo-3 --step 200 --samples samples.jsonl',
    'tacit runs probe grpo-1 --samples output/completions/completions_00050.parquet',
  ]);
  command.action(async () => {
    const { json = false, ...flags } = command.opts<{ json?: boolean }>();
    const options = optionsFrom(probeOptions, { ...flags, run: command.args[0] }, 'runs probe', 'run');
    if ((options.endpoint === undefined) === (options.samples === undefined)) {
      throw new TacitError('misuse', 'name either --endpoint or --samples; see tacit runs probe --help');
    }
    const report = createTerminalReport(machine.stderr, () => undefined);
    try {
      const drawn = await draw(options, report);
      const answers = await withDestination(
        machine,
        { ...options, scope: 'runs' },
        report,
        async (destination) => await send(options, drawn, createRunsClient(destination)),
      );
      report.end();
      const last = answers.at(-1);
      if (!last) throw new TacitError('misuse', 'there were no samples to send');
      machine.stdout.write(json ? `${JSON.stringify(last)}\n` : `${textOf(last)}\n`);
    } finally {
      report.end();
    }
  });
}

interface Drawn {
  readonly steps: readonly StepSamples[];
  readonly probeSet: readonly ProbeSetPrompt[] | undefined;
}

async function draw(options: ProbeOptions, report: Report): Promise<Drawn> {
  const probeSet = options.probeSet === undefined ? undefined : await readProbeSet(options.probeSet);
  if (options.samples !== undefined) return { steps: await readSamplesFile(options.samples), probeSet };
  if (options.endpoint === undefined || !probeSet) {
    throw new TacitError('misuse', '--endpoint needs --probe-set: tacit probe-set writes one');
  }
  const samples = await sampleEndpoint(probeSet, {
    endpoint: options.endpoint,
    model: options.model,
    endpointKey: options.endpointKey,
    samplesPerPrompt: options.samplesPerPrompt,
    sampling: samplingOf(options),
    onProgress: (done, total) => {
      report.progress('Drawing samples', done, total);
    },
  });
  return { steps: [{ step: options.step, samples, metrics: {} }], probeSet };
}

async function send(
  options: ProbeOptions,
  { steps, probeSet }: Drawn,
  client: RunsClient,
): Promise<ProbeAnswer[]> {
  const { run, phase, epoch } = options;
  const sampling = samplingOf(options);
  const rollouts = options.samples !== undefined && holdsRollouts(options.samples);
  if ((await client.detail(run)) === undefined) {
    const first = steps[0]?.samples ?? [];
    await client.put(run, {
      ...(rollouts
        ? { kind: 'rollout', prompts: [] }
        : { prompts: promptsOf(probeSet, first), samples_per_prompt: perPrompt(first) }),
      ...(Object.keys(sampling).length > 0 ? { sampling } : {}),
    });
  }
  const answers: ProbeAnswer[] = [];
  for (const { step: own, samples, metrics } of steps.toSorted((a, b) => (a.step ?? 0) - (b.step ?? 0))) {
    const step = own ?? options.step;
    if (step === undefined) throw new TacitError('misuse', '--step is missing: the samples do not say it');
    answers.push(
      await client.probe(run, {
        step,
        phase,
        samples,
        ...(epoch === undefined ? {} : { epoch }),
        ...(Object.keys(sampling).length > 0 ? { sampling } : {}),
        ...(Object.keys(metrics).length > 0 ? { metrics } : {}),
      }),
    );
  }
  return answers;
}

function promptsOf(
  probeSet: readonly ProbeSetPrompt[] | undefined,
  samples: readonly ProbeSampleBody[],
): unknown[] {
  if (!probeSet) return [...new Set(samples.map(({ prompt_id }) => prompt_id))];
  return probeSet.map(({ prompt, ...known }) => ({
    ...known,
    text: prompt.map(({ content }) => content).join('\n'),
  }));
}

function perPrompt(samples: readonly ProbeSampleBody[]): number {
  return Math.max(1, Math.round(samples.length / new Set(samples.map(({ prompt_id }) => prompt_id)).size));
}

function samplingOf({ temperature, topP, maxTokens }: ProbeOptions): Record<string, number> {
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
  };
}

function textOf({ step, verdict }: ProbeAnswer): string {
  return [
    `${verdict.action.toUpperCase()} after step ${step}`,
    ...verdict.reasons.map((reason) => `  ${reason}`),
  ].join('\n');
}
