import { destination, pino, stdTimeFunctions, type Logger } from 'pino';

import type { Settings } from './environment.ts';

/** The process's log: JSON lines on standard error. Text of users never goes into it. */
export function createLogger(level: Settings['logLevel']): Logger {
  const formatters = { bindings: () => ({}) };
  return pino(
    { level, formatters, timestamp: stdTimeFunctions.isoTime },
    destination({ dest: 2, sync: true }),
  );
}
