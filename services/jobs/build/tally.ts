import { funnelSteps } from '../../../schemas/build-report.ts';
import type { FunnelEntry } from '../../../schemas/build-report.ts';

type Step = FunnelEntry['step'];

/** Counts what every step of a build gave and left out, by reason. */
export function createTally() {
  const byStep = new Map<Step, Map<string, number>>(
    funnelSteps.map((step) => [step, new Map<string, number>()]),
  );
  return {
    add(step: Step, reason: string, count: number): void {
      const counts = byStep.get(step);
      if (counts && count > 0) counts.set(reason, (counts.get(reason) ?? 0) + count);
    },
    addAll(entries: readonly FunnelEntry[]): void {
      for (const { step, reason, count } of entries) this.add(step, reason, count);
    },
    /** A candidate for a pair that became none. */
    addDrop({ reason, source }: { readonly reason: string; readonly source: string }): void {
      this.add('candidate', source, 1);
      this.add('pair', reason, 1);
    },
    /** A candidate that became a pair. */
    addPair({ source }: { readonly source: string }): void {
      this.add('candidate', source, 1);
      this.add('kept', source, 1);
    },
    countsOf(step: Step): Record<string, number> {
      return Object.fromEntries(sorted(byStep.get(step) ?? new Map<string, number>()));
    },
    funnel(): FunnelEntry[] {
      return funnelSteps.flatMap((step) =>
        sorted(byStep.get(step) ?? new Map<string, number>()).map(([reason, count]) => ({
          step,
          reason,
          count,
        })),
      );
    },
  };
}

export type Tally = ReturnType<typeof createTally>;

const sorted = (counts: ReadonlyMap<string, number>) => [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
