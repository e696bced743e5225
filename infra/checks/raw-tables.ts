import type { Finding } from './finding.ts';
import type { SourceFile } from './source-files.ts';

const migrations = /^infra\/clickhouse\/.*\.sql$/;
const stages = /^pipelines\/.*\.(?:ts|sql)$/;

/**
 * Stages read views, never tables: a table holds deliveries that have not been counted once yet, and rows
 * past the as-of cut. The snapshots of a build, keyed by `build_id`, hold neither.
 */
export function checkRawTables(files: readonly SourceFile[]): Finding {
  const ddl = files.filter(({ path }) => migrations.test(path)).map(({ text }) => text);
  const tables = namesAfter(/\bCREATE TABLE (?:IF NOT EXISTS )?(\w+)(?![^;]*\bbuild_id\b)/gi, ddl);
  const views = namesAfter(/\bCREATE VIEW (?:IF NOT EXISTS )?(\w+)/gi, ddl);
  if (tables.length === 0)
    return { says: 'no tables', faults: ['found no CREATE TABLE in infra/clickhouse'] };
  const read = files.filter(({ path }) => stages.test(path));
  // A dataset card shows Python: `from datasets import load_dataset`.
  const raw = new RegExp(
    String.raw`\b(?:FROM|JOIN|INTO|TABLE)\s+(?:tacit\.)?(${tables.join('|')})\b(?! import\b)`,
    'gi',
  );
  const faults = read.flatMap(({ path, text }) =>
    [...text.matchAll(raw)].map(
      (match) => `${path}:${lineAt(text, match.index)} reads the table ${match[1] ?? ''}; use a view`,
    ),
  );
  return { says: `${read.length} stage files, ${tables.length} tables, ${views.length} views`, faults };
}

function namesAfter(pattern: RegExp, texts: readonly string[]): string[] {
  return texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''));
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
