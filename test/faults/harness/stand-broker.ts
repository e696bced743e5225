import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  startKafka as defaultStart,
  type RunningKafka,
  type StartKafkaOptions,
} from '../../../infra/kafka/start-kafka.ts';

/** The one broker of all seeds, which faults kill and start again, and which is replaced where it is past help. */
export interface StandBroker {
  readonly pid: number;
  /** Starts one with nothing in it, in place of whatever ran before. */
  renew(): Promise<void>;
  /** Starts it again on what it has. */
  restart(): Promise<void>;
  kill(): Promise<void>;
  /** What it has written since this was last asked, also where it did not start. */
  said(): Promise<string>;
}

export interface StandBrokerOptions extends Pick<StartKafkaOptions, 'port' | 'advertisedPort'> {
  readonly dir: string;
  readonly startKafka?: typeof defaultStart;
}

export function createStandBroker({
  dir,
  startKafka = defaultStart,
  ...ports
}: StandBrokerOptions): StandBroker {
  let running: RunningKafka | undefined;
  let made = 0;
  let heard = 0;
  const folder = () => join(dir, `broker-${String(made)}`);
  const restart = async () => {
    running = await startKafka({ ...ports, dir: folder(), brief: true });
  };
  const kill = async () => {
    await running?.kill();
    running = undefined;
  };
  return {
    get pid() {
      if (running === undefined) throw new Error('no broker runs');
      return running.pid;
    },
    async renew() {
      await kill();
      made += 1;
      heard = 0;
      await restart();
    },
    restart,
    kill,
    async said() {
      const text = await readFile(join(folder(), 'broker.log'), 'utf8').catch(() => '');
      const fresh = text.slice(heard);
      heard = text.length;
      return fresh;
    },
  };
}
