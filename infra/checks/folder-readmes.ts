import type { Finding } from './finding.ts';
import type { SourceFile } from './source-files.ts';

/** Each second-level folder of code says in a README what lives there, what comes in and what goes out. */
export function checkFolderReadmes(files: readonly SourceFile[]): Finding {
  const folders = new Set(
    files.flatMap(({ path }) => /^(?:pipelines|services)\/[^/]+(?=\/.*\.ts$)/.exec(path)?.[0] ?? []),
  );
  const paths = new Set(files.map(({ path }) => path));
  const faults = [...folders]
    .filter((folder) => !paths.has(`${folder}/README.md`))
    .map((folder) => `${folder} has no README.md`);
  return { says: `${folders.size} folders`, faults };
}
