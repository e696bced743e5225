import type { Logger } from 'pino';
import type { Registry } from 'prom-client';

import { createStratifier, type Stratifier } from '../../stratify/create-stratifier.ts';
import type { CommandContext } from '../command.ts';

export interface StartStratifierOptions {
  readonly context: CommandContext;
  readonly logger: Logger;
  readonly metricsRegistry?: Registry;
}

/** A running stratifier on the engines of this process. */
export async function startStratifier(options: StartStratifierOptions): Promise<Stratifier> {
  const { context, logger, metricsRegistry } = options;
  const { settings, engines, clock, random } = context;
  const warehouse = await engines.warehouse();
  const eventLog = await engines.eventLog();
  const { sealer } = await engines.access();
  const stratifier = createStratifier({
    eventLog,
    warehouse,
    clock,
    random,
    logger,
    sealing: sealer,
    settings: { logRetentionMs: settings.logRetentionHours * 3_600_000 },
    ...(metricsRegistry ? { metricsRegistry } : {}),
  });
  await stratifier.start();
  return stratifier;
}
