import type { ChildProcess } from 'node:child_process';

const ends = new Set<() => void>();
const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
let watching = false;

/** Kills the child at the end of this process, however it ends: by itself, by an error or by a signal to it alone. */
export function endsWithThis(child: ChildProcess): void {
  child.once(
    'exit',
    atEndOfThis(() => child.kill('SIGKILL')),
  );
}

/**
 * Runs what cannot wait, once, at the end of this process, however it ends; what was given later runs first.
 * @returns takes it back
 */
export function atEndOfThis(run: () => void): () => void {
  if (!watching) watch();
  ends.add(run);
  return () => void ends.delete(run);
}

function watch(): void {
  watching = true;
  const end = () => {
    for (const run of [...ends].reverse()) run();
    ends.clear();
  };
  process.once('exit', end);
  // Without a handler a signal ends a process before its `exit`.
  for (const signal of signals) {
    const endAndDie = () => {
      // Who else takes the signal decides when this process ends.
      if (process.listenerCount(signal) > 1) return;
      end();
      process.off(signal, endAndDie);
      process.kill(process.pid, signal);
    };
    process.on(signal, endAndDie);
  }
}
