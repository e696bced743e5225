import { createLogger } from '../settings/logger.ts';
import { createEngines, type Engines } from '../settings/open-engines.ts';
import type { CommandContext } from './command.ts';
import type { Machine } from './machine.ts';
import { missingBefore, topicEnds } from '../jobs/lag.ts';
import { startStratifier } from './serve/start-stratifier.ts';

const pauseMs = 50;

/** What commands of this process work with. Nothing opens before a command asks for it. */
export function openContext(machine: Machine): CommandContext {
  const { settings, clock, random, version, migrationsDir, sleep } = machine;
  const engines = createEngines({ settings, migrationsDir, clock, random });
  const context: CommandContext = {
    settings,
    engines,
    clock,
    random,
    version,
    migrationsDir,
    // What a killed process had acknowledged still stands in the embedded log alone. On Kafka, stratify sees to it.
    async caughtUp() {
      const eventLog = await engines.eventLog();
      if (eventLog.driver !== 'embedded') return;
      const ends = await topicEnds(eventLog);
      if ((await missingBefore(ends, await engines.warehouse())) === 0) return;
      const stratifier = await startStratifier({ context, logger: createLogger(settings.logLevel) });
      try {
        await Promise.race([stratifier.done, untilTaken(engines, sleep)]);
      } finally {
        await stratifier.stop();
      }
    },
  };
  return context;
}

/**
 * Waits until what the log holds now stands in the warehouse; another part of the process takes it there.
 * @param patienceMs how long at most: under a load that it cannot follow nobody waits for ever
 */
export async function untilTaken(
  engines: Engines,
  sleep: (ms: number) => Promise<void>,
  patienceMs = Number.POSITIVE_INFINITY,
): Promise<void> {
  const warehouse = await engines.warehouse();
  const ends = await topicEnds(await engines.eventLog());
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pauseMs) {
    if ((await missingBefore(ends, warehouse)) === 0) return;
    await sleep(pauseMs);
  }
}
