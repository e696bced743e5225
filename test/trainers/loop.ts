import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../services/cli/launch.js', import.meta.url));
const trainScript = fileURLToPath(new URL('./train.py', import.meta.url));

/** What `train.py dpo` printed on one rank. */
export interface RankReport {
  readonly rank: number;
  readonly steps: number;
  readonly stopped_at: number | null;
  readonly verdict: {
    readonly action: string;
    readonly reasons: readonly string[];
    readonly last_good_step: number;
  } | null;
  readonly weights: string;
  /** Of samples drawn and counted without Tacit. */
  readonly diversity: { readonly before: PlainDiversity; readonly after: PlainDiversity };
}

export interface PlainDiversity {
  readonly distinct_2: number;
  readonly distinct_3: number;
}

/** A server with a dataset on it, a model that has learnt its replies, and DPO runs from that model. */
export interface Loop {
  train(options: TrainOptions): Promise<RankReport[]>;
  close(): Promise<void>;
}

export interface TrainOptions {
  readonly data: 'healthy' | 'narrow';
  readonly steps: number;
  readonly learningRate: number;
  readonly beta: number;
  /** Steps between two probes. */
  readonly every?: number;
  /** Name of the run; not watched when absent. */
  readonly watch?: string;
  /** Probes and never obeys. */
  readonly ignore?: boolean;
  readonly processes?: 1 | 2;
}

/** Telemetry of a simulated product, through ingest, to a dataset, to a model: all by the public commands. */
export async function openLoop(dir: string, bin: string): Promise<Loop> {
  const env = { ...process.env, TACIT_DATA_DIR: join(dir, 'data'), TACIT_PORT: '0' };
  const server = spawn(process.execPath, [launcher, 'serve', '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const close = async () => {
    const closed = once(server, 'close');
    server.kill('SIGTERM');
    await closed;
  };
  const [line] = (await once(createInterface(server.stdout), 'line')) as [string];
  const { address } = JSON.parse(line) as { address: string };
  const run = (command: string, args: readonly string[], more: object = {}) =>
    output(spawn(command, args, { env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'pipe'] }));
  const tacit = async (args: string) =>
    JSON.parse(await run(process.execPath, [launcher, ...args.split(' '), '--json'])) as Record<
      string,
      string
    >;
  const newKey = async (scope: string) => (await tacit(`keys create --scope ${scope}`))['key'] ?? '';
  const exported = join(dir, 'export');
  const model = join(dir, 'model');

  async function prepare(): Promise<void> {
    const world = 'simulate --world calm --annotators 200 --days 10 --seed 3';
    await tacit(`${world} --url ${address} --key ${await newKey('write')}`);
    const { dataset = '' } = await tacit('build');
    await tacit(`export ${dataset} --format trl-dpo --out ${exported}`);
    const probeSet = join(dir, 'probe-set.jsonl');
    await tacit(`probe-set ${dataset} --prompts 64 --out ${probeSet}`);
    const paths = ['--export', exported, '--model', model, '--probe-set', probeSet];
    console.log(await run(join(bin, 'python'), [trainScript, 'prepare', ...paths]));
  }

  try {
    await prepare();
    const key = await newKey('runs');
    return { train: (options) => train(options, key), close };
  } catch (error) {
    await close();
    throw error;
  }

  async function train(options: TrainOptions, key: string): Promise<RankReport[]> {
    const { data, steps, learningRate, beta, every = 10, watch, ignore = false, processes = 1 } = options;
    const launch = processes === 1 ? [] : ['--standalone', '--nproc_per_node', String(processes)];
    const printed = await run(
      join(bin, processes === 1 ? 'python' : 'torchrun'),
      [
        ...launch,
        ...[trainScript, 'dpo', '--data', data, '--export', exported, '--model', model],
        ...['--out', join(dir, 'trainer'), '--steps', String(steps)],
        ...['--learning-rate', String(learningRate), '--beta', String(beta), '--every', String(every)],
        ...(watch === undefined ? [] : ['--watch', watch, '--url', address]),
        ...(ignore ? ['--ignore'] : []),
      ],
      { TACIT_KEY: key },
    );
    return printed
      .split('\n')
      .filter((text) => text.startsWith('{"rank"'))
      .map((text) => JSON.parse(text) as RankReport);
  }
}

/** What a process printed. @throws with the end of what it said when it failed */
async function output(child: ChildProcess): Promise<string> {
  const printed: Buffer[] = [];
  const said: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => printed.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
  const [code] = (await once(child, 'close')) as [number];
  if (code === 0) return Buffer.concat(printed).toString().trim();
  const end = Buffer.concat(said).toString().trim().split('\n').slice(-8).join('\n');
  throw new Error(`${child.spawnargs.join(' ')} ended with ${String(code)}\n${end}`);
}
