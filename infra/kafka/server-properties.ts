import { secureProperties, type SecureListener } from './secure-listener.ts';

export interface ServerOptions {
  readonly port: number;
  /** Told to clients; that of a proxy, in tests. */
  readonly advertisedPort: number;
  readonly controllerPort: number;
  /** Where the broker keeps its records. */
  readonly dataDir: string;
  readonly secure?: SecureListener | undefined;
}

/** Settings of one Kafka node that is broker and controller, small enough for a laptop. Reachable from it alone. */
export function serverProperties(options: ServerOptions): string {
  const { port, advertisedPort, controllerPort, dataDir, secure } = options;
  const local = (name: string, at: number | undefined) =>
    at === undefined ? [] : [`${name}://127.0.0.1:${String(at)}`];
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${String(controllerPort)}`,
    listeners: [
      ...local('PLAINTEXT', port),
      ...local('CONTROLLER', controllerPort),
      ...local('SECURE', secure?.port),
    ].join(','),
    'advertised.listeners': [...local('PLAINTEXT', advertisedPort), ...local('SECURE', secure?.port)].join(
      ',',
    ),
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': dataDir,
    'log.segment.bytes': 64 * 1024 * 1024,
    'num.network.threads': 2,
    'num.io.threads': 2,
    'auto.create.topics.enable': false,
    // A node that was killed may register again after this, and not after nine seconds.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    ...(secure && secureProperties(secure)),
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${String(value)}\n`)
    .join('');
}
