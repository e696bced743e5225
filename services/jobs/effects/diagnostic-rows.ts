import type { Diagnostic } from '../../../pipelines/effects/diagnostics.ts';
import type { BlockTest } from '../../../pipelines/effects/wild-bootstrap.ts';
import type { EffectDiagnostic, EffectsReport } from '../../../schemas/effects-report.ts';

/** JSON has no infinity. */
export function diagnosticRow({ name, value, status, says }: Diagnostic): EffectDiagnostic {
  return { name, value: Number.isFinite(value) ? value : null, status, says };
}

/** Share of otherwise good sessions that no metric follows: over a half there is no answer. */
export function outcomeDiagnostic(sessions: number, dropped: EffectsReport['dropped']): EffectDiagnostic {
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
export function blockDiagnostic(block: BlockTest): EffectDiagnostic {
  const name = 'interactions together';
  if (!block.answer) return { name, value: null, status: 'pass', says: block.says };
  const says =
    block.pValue <= 0.05
      ? 'Signals act on each other: read the interactions.'
      : 'Nothing shows that signals act on each other: no interaction is tested alone.';
  return { name, value: block.pValue, status: 'pass', says };
}

/** p-value of the joint placebo test. */
export function placeboDiagnostic(pValue: number | null): EffectDiagnostic {
  const name = 'placebo outcome';
  if (pValue === null)
    return { name, value: null, status: 'warn', says: 'Not examined: too few annotators for it.' };
  return pValue <= 0.01
    ? { name, value: pValue, status: 'fail', says: 'Signals go with an outcome from before them.' }
    : {
        name,
        value: pValue,
        status: 'pass',
        says: 'Signals do not go with the outcome of the session before.',
      };
}

/** Mean size of placebo effects in their own standard errors: .8 where the errors are right. */
export function shiftDiagnostic(value: number): EffectDiagnostic {
  const name = 'placebo treatments';
  return diagnosticRow(
    value < 1.2
      ? { name, value, status: 'pass', says: 'Signals moved to other sessions show no effect.' }
      : {
          name,
          value,
          status: 'warn',
          says: 'Signals moved to other sessions show effects: errors are too small.',
        },
  );
}
