// @ts-check
// node .ci/summary.mjs REPORT TESTS-EXIT-CODE CHECKS-EXIT-CODE: prints "N passed, N failed" and fails if any did.
import { existsSync, readFileSync } from 'node:fs';

const [report = '', testsCode, checksCode] = process.argv.slice(2);
const results = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
const passed = (results?.numPassedTests ?? 0) + (checksCode === '0' ? 1 : 0);

/** @type {{ status: string, assertionResults: { status: string }[] }[]} */
const files = results?.testResults ?? [];
const brokenFiles = files.filter(
  ({ status, assertionResults }) =>
    status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
).length;
let failed = (results?.numFailedTests ?? 0) + brokenFiles;
// A run can fail without a failed test: nothing found, an unhandled error, a set-up that threw.
if (failed === 0 && testsCode !== '0') failed += 1;
if (checksCode !== '0') failed += 1;

console.log(
  `${passed} passed, ${failed} failed, ${results?.numPendingTests ?? 0} skipped (the checks count as one)`,
);
process.exitCode = failed === 0 ? 0 : 1;
