/**
 * The id that a broker gives to a topic when it is made: the only thing that tells a topic from another one made
 * later under its name. kafkajs 2.2.4, the last of its line, asks for metadata in a version without it, so this adds
 * version 10 of the request (KIP-516) to a connection of the client, with its encryption and authentication.
 */
import type { Kafka } from 'kafkajs';

const metadataKey = 3;
const metadataVersion = 10;
const unknownTopic = 3;

/** The parts of the client's inner objects that this uses. */
interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  findControllerBroker(): Promise<Broker>;
}

interface Broker {
  readonly versions: Readonly<Record<number, { readonly maxVersion: number }>>;
  readonly connectionPool: { send(request: unknown): Promise<string> };
}

export interface TopicIdReader {
  /**
   * Asks for the id of a topic.
   * @returns undefined from a broker older than Kafka 2.8.
   * @throws what the client throws, and an Error where the topic is unknown.
   */
  topicId(topic: string): Promise<string | undefined>;
  disconnect(): Promise<void>;
}

/** Keeps one connection, and makes another after a failure. */
export function createTopicIdReader(kafka: Kafka): TopicIdReader {
  let connected: Promise<Cluster> | undefined;

  async function connect(): Promise<Cluster> {
    const cluster = createCluster(kafka);
    await cluster.connect();
    await cluster.refreshMetadata();
    return cluster;
  }

  async function disconnect(): Promise<void> {
    const last = connected;
    connected = undefined;
    await last?.then((cluster) => cluster.disconnect()).catch(() => undefined);
  }

  async function read(topic: string): Promise<string | undefined> {
    connected ??= connect();
    const broker = await (await connected).findControllerBroker();
    if ((broker.versions[metadataKey]?.maxVersion ?? 0) < metadataVersion) return undefined;
    const payload = metadataRequest(topic);
    return broker.connectionPool.send({
      request: {
        apiKey: metadataKey,
        apiVersion: metadataVersion,
        apiName: 'Metadata',
        encode: () => Promise.resolve({ buf: payload, buffer: payload }),
      },
      response: {
        decode: (data: Buffer) => Promise.resolve(topicIdFromMetadata(data, topic)),
        parse: (id: string) => Promise.resolve(id),
      },
    });
  }

  return {
    async topicId(topic) {
      try {
        return await read(topic);
      } catch {
        await disconnect();
        return read(topic);
      }
    },
    disconnect,
  };
}

function createCluster(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  if (symbol === undefined) throw new Error('this version of kafkajs cannot ask for the id of a topic');
  const create = (kafka as unknown as Record<symbol, (options: object) => Cluster>)[symbol];
  if (create === undefined) throw new Error('this version of kafkajs cannot ask for the id of a topic');
  return create({ allowAutoTopicCreation: false });
}

/** The end of the header (no tags), then one topic by name, none of the flags. */
function metadataRequest(topic: string): Buffer {
  const name = Buffer.from(topic);
  const noTags = 0;
  const noId = Buffer.alloc(16);
  return Buffer.concat([
    Buffer.from([noTags, ...varint(1 + 1)]),
    noId,
    Buffer.from(varint(name.length + 1)),
    name,
    Buffer.from([noTags, 0, 0, 0, noTags]),
  ]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

function topicIdFromMetadata(data: Buffer, topic: string): string {
  let at = 0;
  const skip = (bytes: number) => (at += bytes);
  const readVarint = (): number => {
    const byte = data.readUInt8(at);
    skip(1);
    return byte < 0x80 ? byte : (byte & 0x7f) + readVarint() * 0x80;
  };
  const skipText = () => skip(Math.max(0, readVarint() - 1));
  const skipTags = () => {
    for (let tags = readVarint(); tags > 0; tags -= 1) {
      readVarint();
      skip(readVarint());
    }
  };
  skipTags();
  const throttleBytes = 4;
  skip(throttleBytes);
  for (let brokers = readVarint() - 1; brokers > 0; brokers -= 1) {
    const nodeBytes = 4;
    const portBytes = 4;
    skip(nodeBytes);
    skipText();
    skip(portBytes);
    skipText();
    skipTags();
  }
  skipText();
  const controllerBytes = 4;
  skip(controllerBytes);
  readVarint();
  const errorCode = data.readInt16BE(at);
  skip(2);
  skipText();
  if (errorCode === unknownTopic) {
    throw Object.assign(new Error(`unknown topic ${topic}`), { type: 'UNKNOWN_TOPIC_OR_PARTITION' });
  }
  return data.subarray(at, at + 16).toString('base64url');
}
