import type { Finding } from './finding.ts';
import type { SourceFile } from './source-files.ts';

const traces: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/(?<![\w.:/-])\/(?:work|root|home|Users)\/[\w.-]+/, 'a path of one machine'],
  [/https?:\/\/(?:registry|npm|mirror|nexus|artifactory|repo\d?)[.\w-]*/, 'the host of a package registry'],
];

/** Nothing in the repository names the machine it was written on or where that machine gets packages. */
export function checkMachineTraces(files: readonly SourceFile[]): Finding {
  const faults = files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        traces
          .filter(([pattern]) => pattern.test(line))
          .map(([pattern, what]) => `${path}:${index + 1} holds ${what}: ${pattern.exec(line)?.[0] ?? ''}`),
      ),
  );
  return { says: `${files.length} text files`, faults };
}
