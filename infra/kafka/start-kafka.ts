import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { endsWithThis } from '../processes/ends-with-this.ts';
import { untilBrokerReady } from './broker-ready.ts';
import { fetchJars } from './fetch-jars.ts';
import { freePort } from './free-port.ts';
import { makeSecureListener, scramUser, type SecureListener } from './secure-listener.ts';
import { serverProperties } from './server-properties.ts';

const run = promisify(execFile);
const readyTimeoutMs = 60_000;
const stopTimeoutMs = 20_000;
/** Of a Java process that lives for seconds: no time for the code that would pay off later. */
const brief = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

export interface StartKafkaOptions {
  /** Folder of settings, records and output of the broker; used again, it goes on where it was. */
  readonly dir: string;
  /** Default: a free one. The controller listens on another free one. */
  readonly port?: number;
  /** Where a proxy passes connections on to the port; clients are sent there. */
  readonly advertisedPort?: number;
  /** Lives on when this process ends. */
  readonly detached?: boolean;
  /** For a test: starts in half the processor time, and would carry less. */
  readonly brief?: boolean;
  /** Has a second port, with TLS and a user. */
  readonly secure?: boolean;
}

export interface RunningKafka {
  /** `host:port`, as a client takes them. */
  readonly brokers: string[];
  readonly pid: number;
  readonly secure: SecureListener | undefined;
  /** Ends the broker in order. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
}

/** Starts one Kafka node and waits until it serves. Needs Java, and Maven for the first time. */
export async function startKafka(options: StartKafkaOptions): Promise<RunningKafka> {
  const { dir, detached = false } = options;
  const classPath = await fetchJars();
  const port = await freePort(options.port);
  const advertisedPort = options.advertisedPort ?? port;
  const broker = `127.0.0.1:${String(advertisedPort)}`;
  await mkdir(dir, { recursive: true });
  const properties = join(dir, 'server.properties');
  const dataDir = join(dir, 'data');
  const ports = { port, advertisedPort, controllerPort: await freePort() };
  const secure = options.secure ? await makeSecureListener(join(dir, 'secure'), await freePort()) : undefined;
  await writeFile(properties, serverProperties({ ...ports, dataDir, secure }));
  if (!existsSync(join(dataDir, 'meta.properties'))) await format(classPath, properties, secure);

  const output = await open(join(dir, 'broker.log'), 'a');
  const logging = `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'log4j2.properties')}`;
  const memory = ['-Xms256m', '-Xmx512m', '-XX:ActiveProcessorCount=2', ...(options.brief ? brief : [])];
  const child = spawn('java', [...memory, logging, '-cp', classPath, 'kafka.Kafka', properties], {
    detached,
    stdio: ['ignore', output.fd, output.fd],
  });
  await output.close();
  const ended = once(child, 'exit');
  if (detached) child.unref();
  else endsWithThis(child);

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (!isAlive(child)) return;
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await ended;
    clearTimeout(timer);
  }

  try {
    await untilBrokerReady(broker, readyTimeoutMs, () => isAlive(child));
    if (!isAlive(child)) throw new Error('the broker has ended');
  } catch (error) {
    await end('SIGKILL');
    throw new Error(`Kafka did not start; its output is in ${join(dir, 'broker.log')}`, { cause: error });
  }
  const ends = { stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
  return { brokers: [broker], pid: child.pid ?? 0, secure, ...ends };
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

async function format(classPath: string, properties: string, secure: SecureListener | undefined) {
  // Twenty-two base64url characters; a leading dash would pass for an option.
  const clusterId = `t${randomBytes(16).toString('base64url').slice(1, 21)}A`;
  const tool = ['-Xmx256m', ...brief, '-cp', classPath, 'kafka.tools.StorageTool', 'format'];
  await run('java', [...tool, '-t', clusterId, '-c', properties, ...(secure ? scramUser(secure) : [])]);
}
