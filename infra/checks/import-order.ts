import type { Finding } from './finding.ts';
import type { SourceFile } from './source-files.ts';

const groups = ['node:', 'packages', 'ours'] as const;

/** Imports stand in three groups: Node's modules, packages, ours. */
export function checkImportOrder(files: readonly SourceFile[]): Finding {
  const modules = files.filter(({ path }) => path.endsWith('.ts'));
  const faults = modules.flatMap(({ path, text }) => {
    const ranks = [...text.matchAll(/^(?:import|\} from) .*?'([^']+)';$/gm)].map(([, from = '']) =>
      rankOf(from),
    );
    const late = ranks.findIndex((rank, index) => rank < (ranks[index - 1] ?? 0));
    return late < 0 ? [] : [`${path} imports ${groups.join(', ')} in another order`];
  });
  return { says: `${modules.length} modules`, faults };
}

function rankOf(from: string): number {
  if (from.startsWith('node:')) return 0;
  return from.startsWith('.') ? 2 : 1;
}
