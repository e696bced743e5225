import { setTimeout as sleep } from 'node:timers/promises';

import type { Crew } from './crew.ts';
import type { FaultyProxy } from './faulty-proxy.ts';
import type { Part, PlannedFault } from './schedule.ts';
import type { Stand } from './stand.ts';

export interface FaultScene {
  readonly part: Part;
  readonly stand: Stand;
  readonly crew: Crew;
  /** Appends 5,000 records with one that no table takes. */
  poison(): Promise<void>;
}

const hourMs = 3_600_000;

/** Does one fault and undoes it where it lasts; resolves when everything runs again. */
export async function commitFault(fault: PlannedFault, scene: FaultScene): Promise<void> {
  const { part, stand, crew } = scene;
  const { kind, forMs, pick } = fault;
  const proxy = part === 'warehouse' ? stand.clickhouseProxy : stand.kafkaProxy;
  switch (kind) {
    case 'kill':
      await kill(fault, scene);
      return;
    case 'terminate': {
      const service = part === 'ingest' ? 'ingest' : 'stratify';
      await crew.dismiss(crew.pick(service, pick), 'SIGTERM');
      await crew.start(service);
      return;
    }
    case 'cut-answers':
      if (part === 'warehouse')
        await stand.clickhouse.faults({ cutInsertAnswers: 1 + (pick % 6) }).catch(() => undefined);
      else
        await during(
          forMs,
          () => (proxy.cutProduceAnswers = true),
          () => (proxy.cutProduceAnswers = false),
        );
      return;
    case 'stall':
      await stall(proxy, forMs, pick);
      return;
    case 'slow':
      await during(
        forMs,
        () => (proxy.delayMs = 20 + (pick % 100)),
        () => (proxy.delayMs = 0),
      );
      return;
    case 'reset':
      proxy.reset();
      return;
    case 'clock-jump':
      crew.pick(part === 'ingest' ? 'ingest' : 'stratify', pick)?.jump(((pick % 5) - 2) * hourMs);
      return;
    case 'zombie': {
      const member = crew.pick('stratify', pick);
      await during(
        forMs,
        () => {
          member?.signal('SIGSTOP');
        },
        () => {
          member?.signal('SIGCONT');
        },
      );
      return;
    }
    case 'double-start': {
      const [one, two] = await Promise.all([crew.start('stratify'), crew.start('stratify')]);
      await sleep(forMs);
      await Promise.all([crew.dismiss(one, 'SIGKILL'), crew.dismiss(two, 'SIGTERM')]);
      return;
    }
    case 'rebalance-storm': {
      const endMs = performance.now() + forMs;
      while (performance.now() < endMs) {
        const member = await crew.start('stratify');
        await sleep(300);
        await crew.dismiss(member, pick % 2 === 0 ? 'SIGTERM' : 'SIGKILL');
      }
      return;
    }
    case 'poison':
      await scene.poison();
      return;
    case 'pause':
      await during(
        forMs,
        () => process.kill(stand.kafka.pid, 'SIGSTOP'),
        () => process.kill(stand.kafka.pid, 'SIGCONT'),
      );
      return;
    case 'refuse':
      await stand.clickhouse
        .faults({ refuseInserts: 1 + (pick % 5), refuseCode: [243, 252, 241, 159][pick % 4] ?? 243 })
        .catch(() => undefined);
      return;
    case 'disk-full':
      await fillDisk(stand, forMs);
      return;
  }
}

async function kill({ forMs, pick }: PlannedFault, { part, stand, crew }: FaultScene): Promise<void> {
  if (part === 'broker') {
    await stand.kafka.kill();
    await sleep(forMs);
    await stand.kafka.restart();
  } else if (part === 'warehouse') {
    await stand.clickhouse.kill();
    await sleep(forMs);
    await stand.startClickhouse();
  } else {
    const member = crew.pick(part, pick);
    await crew.dismiss(member, 'SIGKILL');
    await sleep(forMs);
    await crew.start(part);
  }
}

async function during(forMs: number, begin: () => unknown, end: () => unknown): Promise<void> {
  begin();
  try {
    await sleep(forMs);
  } finally {
    end();
  }
}

/** Half open; what was held back arrives late, or never. */
async function stall(proxy: FaultyProxy, forMs: number, pick: number): Promise<void> {
  proxy.mode = 'stall';
  await sleep(forMs);
  if (pick % 2 === 0) proxy.reset();
  proxy.mode = 'pass';
}

/** Where the full disk met a write, the engine is started again. */
async function fillDisk(stand: Stand, forMs: number): Promise<void> {
  const { smallDisk } = stand;
  if (smallDisk === undefined) return;
  await smallDisk.fill();
  await sleep(forMs);
  await smallDisk.empty();
  if (await stand.clickhouse.isWhole()) return;
  await stand.clickhouse.kill();
  await stand.startClickhouse();
}
