import { missingOptionals } from '../setup/complete-lock.mjs';
import type { Finding } from './finding.ts';
import type { SourceFile } from './source-files.ts';

/** The lock installs from any registry and on every platform. */
export function checkLockFile(files: readonly SourceFile[]): Finding {
  const lock = files.find(({ path }) => path === 'package-lock.json');
  if (lock === undefined) return { says: 'no lock file', faults: ['package-lock.json is missing'] };
  const { packages } = JSON.parse(lock.text) as { packages: Parameters<typeof missingOptionals>[0] };
  const faults = Object.entries(packages)
    .filter(([, entry]) => 'resolved' in entry)
    .map(([path]) => `package-lock.json: ${path} has "resolved"; install with the repository's .npmrc`);
  const missing = Object.keys(missingOptionals(packages));
  if (missing.length > 0) {
    faults.push(`package-lock.json lacks ${missing.join(', ')}; run node infra/setup/complete-lock.mjs`);
  }
  return { says: `${Object.keys(packages).length} locked packages`, faults };
}
