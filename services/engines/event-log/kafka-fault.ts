import { TacitError } from '../../../schemas/errors.ts';

interface KafkaErrorFields {
  readonly name?: string;
  readonly type?: string;
  readonly code?: unknown;
  readonly message?: string;
  readonly cause?: unknown;
}

const tooLarge = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'];
const missingTopic = ['UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_TOPIC_EXCEPTION'];
const noConnection = ['KafkaJSConnectionError', 'KafkaJSConnectionClosedError', 'KafkaJSBrokerNotFound'];

const howToGetIn = 'is the password right, and TACIT_KAFKA_SASL?';
const howToTrust = 'is it a TLS port, and does TACIT_KAFKA_CA_FILE name who signed its certificate?';
const isTlsCode = (code: string) => /CERT|SSL|TLS|EPROTO|SIGNATURE/.test(code);

/** What a failure of the Kafka client means to Tacit. An error that is ours already stays as it is. */
export function kafkaFault(error: unknown, brokers: readonly string[], topic?: string): TacitError {
  if (error instanceof TacitError) return error;
  const chain = causesOf(error);
  const types = faultTypes(error);
  const of = topic === undefined ? '' : ` (topic ${topic})`;
  const where = brokers.join(', ');
  if (types.some((type) => tooLarge.includes(type))) {
    return new TacitError('record_too_large', `Kafka refuses a record for its size${of}`, { cause: error });
  }
  if (types.some((type) => missingTopic.includes(type))) {
    return unavailable(`Kafka at ${where} lacks the topic${of}: make it with "tacit topics"`, error);
  }
  if (chain.some(({ name = '', type = '' }) => `${name} ${type}`.includes('SASL'))) {
    return unavailable(`Kafka at ${where} does not let the user in: ${howToGetIn}`, error);
  }
  const tlsCode = chain.map(({ code }) => code).find((code) => typeof code === 'string' && isTlsCode(code));
  if (typeof tlsCode === 'string') {
    return unavailable(`no TLS with Kafka at ${where} (${tlsCode}): ${howToTrust}`, error);
  }
  if (chain.some(({ name }) => name !== undefined && noConnection.includes(name))) {
    return unavailable(`no Kafka broker answers at ${where}: is it running and reachable?`, error);
  }
  const last = chain.at(-1);
  return unavailable(`Kafka at ${where} failed${of}: ${last?.message ?? String(error)}`, error);
}

/** What the broker answered, as Kafka names it, of the error and its causes. */
export function faultTypes(error: unknown): string[] {
  return causesOf(error).flatMap(({ type }) => (type === undefined ? [] : [type]));
}

/**
 * Whether a broker has answered, if only to refuse. Otherwise the client may be of no more use: kafkajs 2.2.4 takes a
 * connection for good whose first request was never answered, and then fails on it for ever ("Broker not connected").
 */
export function isBrokersAnswer(error: unknown): boolean {
  return faultTypes(error).length > 0;
}

function unavailable(message: string, cause: unknown): TacitError {
  return new TacitError('log_unavailable', message, { retriable: true, cause });
}

function causesOf(error: unknown): KafkaErrorFields[] {
  const chain: KafkaErrorFields[] = [];
  let current: unknown = error;
  while (typeof current === 'object' && current !== null && chain.length < 10) {
    const fields = current as KafkaErrorFields;
    chain.push(fields);
    current = fields.cause;
  }
  return chain;
}
