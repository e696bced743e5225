import { setTimeout as sleep } from 'node:timers/promises';

import type { Admin, Kafka } from 'kafkajs';

import { faultTypes, isBrokersAnswer } from './kafka-fault.ts';
import { createRenewable } from './renewable.ts';

/** Answers of a broker that is not up to date about who leads a partition. */
const movedLeader = ['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE', 'REPLICA_NOT_AVAILABLE'];
const missingTopic = 'UNKNOWN_TOPIC_OR_PARTITION';
const tries = 25;
const pauseMs = 200;

export interface KafkaAdmin {
  /** Asks the brokers, again while the leaders of partitions are not settled. */
  ask<T>(question: (admin: Admin) => Promise<T>): Promise<T>;
  /** As `ask`, for topics just made, which some broker may not know yet. */
  askOfNewTopic<T>(question: (admin: Admin) => Promise<T>): Promise<T>;
  disconnect(): Promise<void>;
}

/** One connected admin client. kafkajs keeps what it knows of the leaders for minutes, so a retry takes a new one. */
export async function connectKafkaAdmin(kafka: Kafka): Promise<KafkaAdmin> {
  async function connect(): Promise<Admin> {
    const admin = kafka.admin();
    await admin.connect();
    return admin;
  }

  const admins = await createRenewable({
    connect,
    disconnect: (admin) => admin.disconnect(),
    isSpoilt: (error) =>
      !isBrokersAnswer(error) ||
      faultTypes(error).some((type) => [...movedLeader, missingTopic].includes(type)),
  });

  async function ask<T>(question: (admin: Admin) => Promise<T>, retried: readonly string[]): Promise<T> {
    for (let n = 1; ; n += 1) {
      try {
        return await admins.use(question);
      } catch (error) {
        if (n === tries || !faultTypes(error).some((type) => retried.includes(type))) throw error;
        await sleep(pauseMs);
      }
    }
  }

  return {
    ask: (question) => ask(question, movedLeader),
    askOfNewTopic: (question) => ask(question, [...movedLeader, missingTopic]),
    disconnect: () => admins.close(),
  };
}
