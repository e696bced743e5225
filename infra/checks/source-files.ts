import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A text file of the repository; `path` is relative to its root, with forward slashes. */
export type SourceFile = { readonly path: string; readonly text: string };

const skippedFolders = new Set(['node_modules', '.git', '.tacit', '.kafka', 'coverage']);
const textFiles =
  /(?:\.(?:ts|js|mjs|cjs|json|sql|md|ya?ml|xml|sh|html|css|py|toml|java|properties)|\/run|rc)$/;

/**
 * Every text file that belongs to the repository, in a stable order.
 *
 * @param root absolute path of the repository or of a planted tree
 */
export function sourceFilesUnder(root: string): SourceFile[] {
  const files: SourceFile[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const full = join(folder, entry.name);
      const path = relative(root, full).split(sep).join('/');
      if (entry.isDirectory() && !skippedFolders.has(entry.name)) visit(full);
      else if (entry.isFile() && textFiles.test(path)) files.push({ path, text: readFileSync(full, 'utf8') });
    }
  };
  visit(root);
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
