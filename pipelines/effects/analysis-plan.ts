import { analysisPlan } from '../../schemas/analysis-plan.ts';
import type { AnalysisPlan } from '../../schemas/analysis-plan.ts';
import { hashFromText } from '../maths/hash-text.ts';

/** The frozen plan with every default filled in. @throws ZodError naming each fault */
export function analysisPlanFromJson(json: unknown): AnalysisPlan {
  return analysisPlan.parse(json);
}

/** 32 hex digits that name a plan: equal plans, however written, have equal hashes. */
export function planHash(plan: AnalysisPlan): string {
  return hashFromText(canonicalJson(plan))
    .map((word) => word.toString(16).padStart(8, '0'))
    .join('');
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`).join(',')}}`;
}
