import { CompressionTypes, Kafka, logLevel, Partitioners } from 'kafkajs';

import { eventRecordVersion } from '../../../schemas/event-record.ts';
import type { Warehouse } from '../../../services/engines/warehouse/warehouse.ts';

/** Records of an app of its own, one of which no table takes, written behind ingest's back. */
export interface Poison {
  readonly appended: boolean;
  append(): Promise<void>;
  /** What is wrong with how they were taken in; empty when all but one are events and that one is a dead letter. */
  faults(warehouse: Warehouse): Promise<string[]>;
}

const records = 5_000;
const poisoned = 3_217;

export function createPoison(broker: string, topic: string, app: string): Poison {
  let appended = false;
  return {
    get appended() {
      return appended;
    },
    async append() {
      if (appended) return;
      const kafka = new Kafka({ brokers: [broker], clientId: 'poison', logLevel: logLevel.NOTHING });
      const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
      await producer.connect();
      const messages = Array.from({ length: records }, (_, n) => ({
        partition: 0,
        key: app,
        value: JSON.stringify(recordOf(app, n)),
        headers: { type: 'like', version: String(eventRecordVersion) },
      }));
      await producer.send({ topic, acks: -1, compression: CompressionTypes.None, messages });
      await producer.disconnect();
      appended = true;
    },
    async faults(warehouse) {
      if (!appended) return [];
      const count = async (sql: string) =>
        (await warehouse.query<{ rows: number }>({ sql, parameters: { app } }))[0]?.rows ?? -1;
      const events = await count('SELECT count() AS rows FROM events FINAL WHERE app = {app:String}');
      const letters = await count(
        "SELECT count() AS rows FROM dead_letters FINAL WHERE app = {app:String} AND reason = 'refused_by_warehouse'",
      );
      return [
        ...(events === records - 1 ? [] : [`${String(events)} of ${String(records - 1)} beside the poison`]),
        ...(letters === 1 ? [] : [`${String(letters)} dead letters of one poison row`]),
      ];
    },
  };
}

function recordOf(app: string, n: number): object {
  const id = `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
  return {
    app,
    annotator_id: `poison-${String(n % 50)}`,
    event_id: id,
    type: 'like',
    session_id: 's',
    occurred_ms: 1_767_600_000_000 + n,
    received_ms: 1_767_600_000_000 + n,
    receipt: '00000000-0000-8000-8000-000000000000',
    request_index: 0,
    turn_id: 't',
    // No Float64 has this text.
    value: n === poisoned ? 'none' : 1,
  };
}
