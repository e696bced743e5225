/** Ends a process in order: what was opened last closes first, once, whatever asked for the end. */
export interface Shutdown {
  /** Aborts when the end was asked for. */
  readonly signal: AbortSignal;
  /** Registers what has to happen before the end; the last registered runs first. */
  before(close: () => Promise<void>): void;
  /** Asks for the end. The first reason counts. */
  request(reason?: unknown): void;
  /** Waits until the end is asked for, runs what was registered, then rejects with the reason if it was an error. */
  finished(): Promise<void>;
}

/**
 * @param process where SIGTERM and SIGINT come from; a second signal no longer waits
 */
export function createShutdown(process: Pick<NodeJS.Process, 'on' | 'off' | 'exit'>): Shutdown {
  const controller = new AbortController();
  const closers: (() => Promise<void>)[] = [];
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);

  return {
    signal: controller.signal,
    before: (close) => void closers.unshift(close),
    request: (reason) => {
      controller.abort(reason);
    },
    async finished() {
      if (!controller.signal.aborted) {
        await new Promise<void>((resolve) => {
          controller.signal.addEventListener('abort', () => {
            resolve();
          });
        });
      }
      const faults: unknown[] = [];
      for (const close of closers.splice(0)) {
        await close().catch((fault: unknown) => faults.push(fault));
      }
      process.off('SIGTERM', onSignal);
      process.off('SIGINT', onSignal);
      const reason: unknown = controller.signal.reason;
      if (reason instanceof Error && reason.name !== 'AbortError') throw reason;
      if (faults[0] !== undefined) throw faults[0] as Error;
    },
  };
}
