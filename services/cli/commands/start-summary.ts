import type { BuildReport, ExportReport } from '../../../schemas/build-report.ts';
import { activities, preferences, type CohortCount } from '../../console/queries/cohort-counts.ts';
import { countText, tableText } from '../terminal/table.ts';
import { agreementText } from './build.ts';

export interface StartResult {
  readonly address: string;
  readonly world: {
    readonly world: string;
    readonly annotators: number;
    readonly days: number;
    readonly seed: string;
  };
  /** Everything was there from an earlier run. */
  readonly resumed: boolean;
  readonly stats: {
    readonly events: Readonly<Record<string, number>>;
    readonly annotators: number;
    readonly sessions: number;
    readonly turns: number;
    readonly duplicates: number;
    readonly dead_letters: number;
  };
  readonly cohorts: readonly CohortCount[];
  readonly built: BuildReport;
  readonly exported: ExportReport;
  /** With the world's latent quality of replies. */
  readonly agreement: { readonly agree: number; readonly decided: number };
}

/** What `npm start` tells at the end. */
export function startSummary({
  world,
  resumed,
  stats,
  cohorts,
  built,
  exported,
  agreement,
}: StartResult): string {
  const accepted = Object.values(stats.events).reduce((sum, count) => sum + count, 0);
  const count = (activity: string, preference: string) =>
    cohorts.find((cohort) => cohort.activity === activity && cohort.preference === preference)?.annotators ??
    0;
  return [
    `World ${world.world}: ${countText(world.annotators)} annotators, ${world.days} days, seed ${world.seed}${resumed ? ' (all there from an earlier run)' : ''}`,
    '',
    tableText(
      ['Telemetry', ''],
      [
        ['events accepted', accepted],
        ['duplicates dropped', stats.duplicates],
        ['dead letters', stats.dead_letters],
        ['sessions', stats.sessions],
        ['turns', stats.turns],
        ['annotators', stats.annotators],
      ],
    ),
    '',
    tableText(
      ['Annotators', ...preferences],
      activities.map((activity) => [
        activity,
        ...preferences.map((preference) => count(activity, preference)),
      ]),
    ),
    '',
    `Dataset ${built.dataset}: ${countText(built.pairs)} pairs (train ${countText(built.splits.train.pairs)}, test ${countText(built.splits.test.pairs)})`,
    `in ${exported.dir} (${exported.format})`,
    agreementText(agreement, "the world's latent quality"),
  ].join('\n');
}
