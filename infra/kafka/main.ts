/** `npm run kafka [-- start|stop|status] [--port N]`: one Kafka node for work on this machine. */
import { parseArgs } from 'node:util';

import { brokerDir, runningBroker, saveBroker, stopBroker } from './broker-process.ts';
import { missingForKafka } from './fetch-jars.ts';
import { startKafka } from './start-kafka.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { port: { type: 'string' } } });
const command = positionals[0] ?? 'start';
const port = Number(values.port ?? process.env['KAFKA_PORT'] ?? 9092);

process.exitCode = await main();

async function main(): Promise<number> {
  const running = await runningBroker();
  if (command === 'status' || command === 'stop') {
    if (running === undefined) {
      console.log('Kafka does not run.');
      return command === 'stop' ? 0 : 1;
    }
    if (command === 'stop') await stopBroker(running);
    console.log(
      command === 'stop'
        ? 'Kafka is stopped.'
        : `Kafka runs at ${running.broker} (process ${String(running.pid)}).`,
    );
    return 0;
  }
  if (command !== 'start' || !Number.isInteger(port) || port < 1 || port > 65_535) {
    console.error('usage: npm run kafka -- [start|stop|status] [--port N]');
    return 2;
  }
  return running === undefined ? start() : tell(running.broker);
}

async function start(): Promise<number> {
  const missing = await missingForKafka();
  if (missing !== undefined) {
    console.error(missing);
    return 2;
  }
  console.log('Starting Apache Kafka (the first time brings its jars from Maven Central) ...');
  try {
    const { pid, brokers } = await startKafka({ dir: brokerDir, port, detached: true });
    const broker = brokers.join(',');
    await saveBroker({ pid, broker });
    return tell(broker);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

function tell(broker: string): number {
  console.log(`Kafka runs at ${broker}. Use it with TACIT_EVENT_LOG=kafka://${broker}`);
  console.log('Stop it with: npm run kafka -- stop');
  return 0;
}
