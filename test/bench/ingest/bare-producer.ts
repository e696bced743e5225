/**
 * `node bare-producer.ts BROKER TOPIC SECONDS BYTES`: kafkajs alone, acknowledged by all in-sync replicas, values as
 * large as Tacit's records, in requests as large as Tacit's. Prints `{ messagesPerSecond, messagesPerCpuSecond }`.
 */
import { Kafka, logLevel, Partitioners } from 'kafkajs';

const [broker = '', topic = '', seconds = '5', bytes = '600'] = process.argv.slice(2);
const batch = 4_000;
const kafka = new Kafka({ brokers: [broker], clientId: 'bare', logLevel: logLevel.NOTHING });
const producer = kafka.producer({
  createPartitioner: Partitioners.DefaultPartitioner,
  maxInFlightRequests: 1,
});
await producer.connect();
const value = 'v'.repeat(Number(bytes));
const messages = Array.from({ length: batch }, (_, n) => ({
  key: `bench/annotator-${String(n % 2_000)}`,
  value,
  headers: { type: 'turn', version: '1' },
}));
const send = () => producer.sendBatch({ acks: -1, topicMessages: [{ topic, messages }] });
await send();
const cpu = process.cpuUsage();
const beganMs = performance.now();
let sent = 0;
while (performance.now() - beganMs < Number(seconds) * 1000) {
  await send();
  sent += batch;
}
const elapsed = (performance.now() - beganMs) / 1000;
const { user, system } = process.cpuUsage(cpu);
await producer.disconnect();
console.log(
  JSON.stringify({ messagesPerSecond: sent / elapsed, messagesPerCpuSecond: sent / ((user + system) / 1e6) }),
);
