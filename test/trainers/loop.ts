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
  const [line] = (await once(createInterface(server.stdout), 'line')) as [string];
  const { address } = JSON.parse(line) as { address: string };
  const tacit = (...args: string[]) =>
    output(
      spawn(process.execPath, [launcher, ...args, '--json'], { env, stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  const key = async (scope: string) =>
    (JSON.parse(await tacit('keys', 'create', '--app', 'default', '--scope', scope)) as { key: string }).key;

  const exported = join(dir, 'export');
  const model = join(dir, 'model');
  const probeSet = join(dir, 'probe-set.jsonl');
  await tacit(
    ...['simulate', '--world', 'calm', '--annotators', '200', '--days', '10', '--seed', '3'],
    ...['--url', address, '--key', await key('write')],
  );
  const { dataset } = JSON.parse(await tacit('build')) as { dataset: string };
  await tacit('export', dataset, '--format', 'trl-dpo', '--out', exported);
  await tacit('probe-set', dataset, '--prompts', '64', '--out', probeSet);
  const python = (command: string, args: readonly string[], more: object = {}) =>
    output(
      spawn(join(bin, command), args, { env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  console.log(
    await python('python', [
      trainScript,
      'prepare',
      '--export',
      exported,
      '--model',
      model,
      '--probe-set',
      probeSet,
    ]),
  );
  const runsKey = await key('runs');

  return {
    async train({ data, steps, learningRate, every = 10, watch, ignore = false, processes = 1 }) {
      const args = [
        ...[
          trainScript,
          'dpo',
          '--data',
          data,
          '--export',
          exported,
          '--model',
          model,
          '--out',
          join(dir, 'trainer'),
        ],
        ...['--steps', String(steps), '--learning-rate', String(learningRate), '--every', String(every)],
        ...(watch === undefined ? [] : ['--watch', watch, '--url', address]),
        ...(ignore ? ['--ignore'] : []),
      ];
      const printed =
        processes === 1
          ? await python('python', args, { TACIT_KEY: runsKey })
          : await python('torchrun', ['--standalone', '--nproc_per_node', String(processes), ...args], {
              TACIT_KEY: runsKey,
            });
      return printed
        .split('\n')
        .filter((text) => text.startsWith('{"rank"'))
        .map((text) => JSON.parse(text) as RankReport);
    },
    async close() {
      const closed = once(server, 'close');
      server.kill('SIGTERM');
      await closed;
    },
  };
}

async function output(child: ChildProcess): Promise<string> {
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number];
  const text = Buffer.concat(chunks).toString().trim();
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} ended with ${String(code)}\n${text}`);
  return text;
}
