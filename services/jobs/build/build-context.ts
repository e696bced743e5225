import type { AsOf } from '../../../pipelines/pairs/queries.ts';
import type { BuildConfig } from '../../../schemas/build-report.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import type { Crew } from './crew.ts';
import type { StoryReader } from './story-reader.ts';
import type { Tally } from './tally.ts';

/** What every step of one build works with. */
export interface BuildContext {
  readonly warehouse: Warehouse;
  readonly asOf: AsOf;
  /** The dataset's id; names the rows of every table of evidence. */
  readonly buildId: string;
  readonly config: BuildConfig;
  readonly seed: string;
  readonly reader: StoryReader;
  readonly crew: Crew;
  readonly tally: Tally;
  readonly onProgress: (step: string, done: number, total: number) => void;
}

/** The columns that name a build. */
export const buildKey = ({ asOf, buildId }: Pick<BuildContext, 'asOf' | 'buildId'>) => ({
  app: asOf.app,
  build_id: buildId,
});
