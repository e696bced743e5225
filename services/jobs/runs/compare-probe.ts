import type { ProbeRequest, RunDifference, SamplingSettings } from '../../../schemas/runs.ts';
import type { RunSettings } from './run-settings.ts';

const mostNamed = 5;

/**
 * What makes a probe another question than the run's: prompts, counts, sampling. Empty: it can be compared.
 * @param sampling settings known so far: the run's own, and what earlier probes named
 */
export function probeDifferences(
  { kind, prompts, samples_per_prompt: wanted }: RunSettings,
  sampling: SamplingSettings,
  probe: ProbeRequest,
): RunDifference[] {
  const differences = samplingDifferences(sampling, probe.sampling ?? {});
  if (kind === 'rollout') return differences;
  const counts = new Map(prompts.map(({ prompt_id }) => [prompt_id, 0]));
  const unknown = new Set<string>();
  for (const { prompt_id: prompt } of probe.samples) {
    const count = counts.get(prompt);
    if (count === undefined) unknown.add(prompt);
    else counts.set(prompt, count + 1);
  }
  const missing = [...counts].filter(([, count]) => count === 0).map(([prompt]) => prompt);
  if (missing.length > 0 || unknown.size > 0) {
    differences.push({
      field: 'prompts',
      expected: {
        count: prompts.length,
        missing: missing.slice(0, mostNamed),
        missing_count: missing.length,
      },
      got: {
        count: prompts.length - missing.length + unknown.size,
        unknown: [...unknown].slice(0, mostNamed),
        unknown_count: unknown.size,
      },
    });
  }
  const others = [...counts].filter(([, count]) => count > 0 && count !== wanted);
  if (others.length > 0) {
    differences.push({
      field: 'samples_per_prompt',
      expected: wanted,
      got: Object.fromEntries(others.slice(0, mostNamed)),
    });
  }
  return differences;
}

/** Settings that both name and that differ. A seed may: it is what repeats draw anew. */
export function samplingDifferences(expected: SamplingSettings, got: SamplingSettings): RunDifference[] {
  return Object.entries(got).flatMap(([name, value]) => {
    const before = expected[name];
    if (before === undefined || name === 'seed' || JSON.stringify(before) === JSON.stringify(value))
      return [];
    return [{ field: `sampling.${name}`, expected: before, got: value }];
  });
}

/** One sentence that names what differs. */
export function differencesText(differences: readonly RunDifference[]): string {
  return differences
    .map(
      ({ field, expected, got }) =>
        `${field}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`,
    )
    .join('; ');
}
