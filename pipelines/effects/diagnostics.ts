import { choleskyFromSymmetric } from '../maths/cholesky.ts';
import { at, submatrix } from '../maths/matrix.ts';
import type { EffectsEstimate } from './estimate-effects.ts';
import type { Term } from './terms.ts';

export interface Diagnostic {
  readonly name: string;
  readonly value: number;
  readonly status: 'pass' | 'warn' | 'fail';
  /** What it means for the reader, in plain words. */
  readonly says: string;
  /** The term that it speaks of; without, of the whole fit. A gate at warn or fail keeps these from `use`. */
  readonly signals?: readonly string[];
}

/** The diagnostics that the moments alone can give. Each names the signal it speaks of, or the whole fit. */
export function diagnosticsOf(result: EffectsEstimate, terms: readonly Term[]): readonly Diagnostic[] {
  const { within, direct } = result;
  const q = direct.columns.length;
  const gram = submatrix(within.pooled, within.width, direct.columns, direct.columns);
  const perTerm = direct.columns.flatMap((column, j): Diagnostic[] => {
    const signals = terms[column]?.signals ?? [];
    const name = signals.join(' x ');
    const support = at(within.support, column);
    const clusters = at(direct.effectiveClusters, j);
    const share = at(direct.largestShare, j);
    const inflation = at(gram, j * q + j) * at(direct.bread, j * q + j);
    return [
      judged(`support of ${name}`, support, support < 0.05 ? 'fail' : 'pass', {
        pass: 'Annotators and times leave enough of it to compare.',
        fail: 'Annotators and times explain nearly all of it: sessions that are alike do not differ in it.',
      }),
      judged(`effective annotators of ${name}`, clusters, clusters < 6 ? 'fail' : 'pass', {
        pass: 'Enough annotators carry it for an honest interval.',
        fail: 'Too few annotators carry it: no verdict.',
      }),
      judged(`largest annotator of ${name}`, share, share >= 0.1 ? 'warn' : 'pass', {
        pass: 'No annotator dominates it.',
        warn: 'One annotator carries a tenth or more of it: look at the range with one left out.',
      }),
      judged(`variance inflation of ${name}`, inflation, inflation >= 10 ? 'warn' : 'pass', {
        pass: 'Other signals do not mimic it.',
        warn: 'Other signals nearly say the same: its interval is wide for that reason.',
      }),
    ].map((diagnostic) => ({ ...diagnostic, signals }));
  });
  const condition = conditionOf(gram, q);
  const lost = within.singletons / (within.rows + within.singletons);
  return [
    ...perTerm,
    judged('condition', condition, condition >= 1e8 ? 'fail' : 'pass', {
      pass: 'The numbers are computed to far more digits than are shown.',
      fail: 'The signals are so alike that rounding shows in the estimates.',
    }),
    judged('sessions alone in their cell', lost, lost > 0.2 ? 'warn' : 'pass', {
      pass: 'Few sessions stand alone with their annotator or stratum.',
      warn: 'Many sessions stand alone with their annotator or stratum and say nothing: coarser strata would use them.',
    }),
    judged('strata', within.strata, within.strata < 2 ? 'warn' : 'pass', {
      pass: 'Sessions are compared within like times.',
      warn: 'There is one stratum: nothing is adjusted for time.',
    }),
    judged('components', within.components, 'pass', {
      pass:
        within.components > 1
          ? 'Groups of annotators share no stratum: they are compared only within their group.'
          : 'All annotators can be compared with each other.',
    }),
  ];
}

export function judged(
  name: string,
  value: number,
  status: Diagnostic['status'],
  says: Partial<Record<Diagnostic['status'], string>>,
): Diagnostic {
  return { name, value, status, says: says[status] ?? '' };
}

/** Condition number (1-norm) of the matrix scaled to unit diagonal. */
function conditionOf(matrix: Float64Array, size: number): number {
  const scaled = matrix.map((value, index) => {
    const [i, j] = [Math.floor(index / size), index % size];
    return value / Math.sqrt(at(matrix, i * size + i) * at(matrix, j * size + j));
  });
  return oneNorm(scaled, size) * oneNorm(choleskyFromSymmetric(scaled, size).inverse(), size);
}

function oneNorm(matrix: Float64Array, size: number): number {
  const rows = Array.from({ length: size }, (_, i) =>
    matrix.subarray(i * size, (i + 1) * size).reduce((sum, value) => sum + Math.abs(value), 0),
  );
  return rows.reduce((most, sum) => Math.max(most, sum), 0);
}
