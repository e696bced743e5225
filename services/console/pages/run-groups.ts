import type { RunGroups, SampleGroup } from '../../../schemas/runs.ts';
import { measureText } from '../figures.ts';
import { html, type Html } from '../../jobs/html.ts';
import { computedFrom, table } from './parts.ts';

const titles = { depth: 'By depth', tier: 'By tier of the character' } as const;
/** One metric of each kind: as a group collapses, the first two fall and the others rise. */
const shownMetrics = ['vendi_share', 'entropy_2_chao_shen', 'self_bleu', 'opener_top_10', 'rep_4'];

interface GroupRow {
  readonly now: SampleGroup;
  /** Means over the baseline's evaluations. */
  readonly baseline: Readonly<Record<string, number>>;
}

/** The latest evaluation by depth and by character tier, beside the baseline; nothing where prompts have neither. */
export function runGroupsSection({ series }: RunGroups): Html | undefined {
  const latest = series.findLast(({ phase }) => phase === 'training') ?? series.at(-1);
  if (!latest || latest.groups.length === 0) return undefined;
  const before = series.filter(({ phase }) => phase === 'baseline').flatMap(({ groups }) => groups);
  const rows = latest.groups.map((now): GroupRow => ({ now, baseline: meansOf(sameGroups(before, now)) }));
  return html`${(['depth', 'tier'] as const).map((by) => {
    const some = rows.filter(({ now }) => now.by === by);
    return some.length === 0
      ? undefined
      : html`<h2>${titles[by]}</h2>
          ${groupTable(some)}`;
  })}
  ${computedFrom(`Step ${latest.step}, in brackets the mean of the baseline. Languages are never pooled. All metrics and steps: GET /v1/runs/{run}/groups.`)}`;
}

function groupTable(rows: readonly GroupRow[]): Html {
  return table(
    [
      { head: 'Group', cell: ({ now }) => `${now.value} (${now.language})` },
      { head: 'Prompts', number: true, cell: ({ now }) => now.prompts },
      { head: 'Replies', number: true, cell: ({ now }) => now.samples },
      ...shownMetrics.map((metric) => ({
        head: metric,
        number: true as const,
        cell: ({ now, baseline }: GroupRow) =>
          `${measureText(now.metrics[metric] ?? null)} (${measureText(baseline[metric] ?? null)})`,
      })),
    ],
    rows,
    '',
  );
}

function sameGroups(groups: readonly SampleGroup[], like: SampleGroup): SampleGroup[] {
  return groups.filter(
    ({ language, by, value }) => language === like.language && by === like.by && value === like.value,
  );
}

function meansOf(groups: readonly SampleGroup[]): Record<string, number> {
  return Object.fromEntries(
    shownMetrics.flatMap((metric) => {
      const values = groups.flatMap(({ metrics }) => metrics[metric] ?? []);
      return values.length === 0 ? [] : [[metric, values.reduce((a, b) => a + b, 0) / values.length]];
    }),
  );
}
