import type { DatasetManifest } from '../../schemas/build-report.ts';
import type { Split } from '../../schemas/provenance.ts';
import type { PromptFault } from './alternating-prompt.ts';
import type { FileType } from './export-format.ts';
import type { ExportFormatName } from './formats.ts';
import type { RowSummary } from './row-statistics.ts';

/** Pairs with about the same chance that chosen is the better. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly pairs: number;
  readonly mean_p: number;
  /** Pairs that ranks held back from the events decide, and those of them with the better-ranked reply as chosen. */
  readonly decided: number;
  readonly agree: number;
}

/** What an export wrote: all that its card says beside the manifest. */
export interface ExportFacts {
  readonly manifest: DatasetManifest;
  readonly format: ExportFormatName;
  readonly files: FileType;
  readonly rows: Readonly<Record<Split, number>>;
  /** Rows of the test side that are also in `gold/`. */
  readonly goldRows: number;
  readonly annotators: number;
  /** Rows of the dataset that left since it was built, with people who were forgotten. */
  readonly erased: number;
  readonly summary: RowSummary;
  readonly withMargin: boolean;
  /** Prompts were made to alternate: so many were changed, and so many rows left out, by reason. */
  readonly alternation: {
    readonly mended: number;
    readonly leftOut: ReadonlyMap<PromptFault, number>;
  } | null;
  /** Only of pairs with a p. */
  readonly calibration: readonly CalibrationBin[];
  /** Ranks were held back from the events of the app, so that `decided` and `agree` mean something. */
  readonly heldBack: boolean;
}
