import type { Diagnostic } from '../../../pipelines/effects/diagnostics.ts';
import type { BlockTest } from '../../../pipelines/effects/wild-bootstrap.ts';
import type { EffectDiagnostic, EffectsReport } from '../../../schemas/effects-report.ts';

/** JSON has no infinity. */
export function diagnosticRow({ name, value, status, says, signals }: Diagnostic): EffectDiagnostic {
  return {
    ...{ name, value: Number.isFinite(value) ? value : null, status, says },
    ...(signals ? { signals: [...signals] } : {}),
  };
}

/** Share of otherwise good sessions that no metric follows: over a half there is no answer. */
export function outcomeDiagnostic(sessions: number, dropped: EffectsReport['dropped']): Diagnostic {
  const countOf = (reason: string) => dropped.find((drop) => drop.reason === reason)?.count ?? 0;
  const without = countOf('no_outcome');
  const all = sessions + countOf('few_sessions') + without;
  const value = all === 0 ? 0 : without / all;
  const name = 'outcome missing';
  if (value > 0.5)
    return {
      name,
      value,
      status: 'fail',
      says: 'Most sessions have no outcome: those that do are a choice.',
    };
  if (value > 0.2)
    return { name, value, status: 'warn', says: 'Many sessions have no outcome: those that do may differ.' };
  return { name, value, status: 'pass', says: 'Few sessions have no outcome.' };
}

/** p-value of all interactions together. */
export function blockDiagnostic(block: BlockTest): Diagnostic {
  const name = 'interactions together';
  if (!block.answer) return { name, value: NaN, status: 'pass', says: block.says };
  const says =
    block.pValue <= 0.05
      ? 'Signals act on each other: read the interactions.'
      : 'Nothing shows that signals act on each other: no interaction is tested alone.';
  return { name, value: block.pValue, status: 'pass', says };
}
