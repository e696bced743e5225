import type { Finding } from './finding.ts';
import type { SourceFile } from './source-files.ts';

const longestFile = 400;
const longestMedian = 100;
const code = /\.(?:ts|js|mjs)$/;
const written = /\.(?:ts|js|mjs|sql|md|ya?ml|sh|html|css|py)$/;

/** No file that people write is over 400 lines, and half of the code files are under 100. */
export function checkFileSizes(files: readonly SourceFile[]): Finding {
  const sized = files
    .filter(({ path }) => written.test(path))
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .sort((a, b) => a.lines - b.lines);
  const codeSizes = sized.filter(({ path }) => code.test(path)).map(({ lines }) => lines);
  const median = codeSizes[Math.floor(codeSizes.length / 2)] ?? 0;
  const longest = sized.at(-1);
  const faults = sized
    .filter(({ lines }) => lines > longestFile)
    .map(({ path, lines }) => `${path} has ${lines} lines, the bound is ${longestFile}`);
  if (median >= longestMedian)
    faults.push(`the median is ${median} lines, it should be under ${longestMedian}`);
  return {
    says: `${codeSizes.length} code files, median ${median} lines, longest ${longest?.lines ?? 0} (${longest?.path ?? 'none'})`,
    faults,
  };
}
