import type { Pair } from '../../../pipelines/pairs/pairs-from-history.ts';
import type { DatasetManifest } from '../../../schemas/build-report.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

/** A line of table `dataset_drops`. */
export interface DropRow {
  readonly reason: string;
  readonly turn_id: string;
  readonly other_turn_id: string;
  /** Empty unless one event is at fault. */
  readonly event_id: string;
  readonly annotator_id: string;
  readonly session_id: string;
}

const insertBytes = 16 * 1024 * 1024;

/**
 * Writes a dataset's rows in batches. Nothing of it can be seen before `finish` has written its manifest; what a
 * crash left is overwritten, row by row, when the same dataset is built again.
 */
export function createDatasetWriter(warehouse: Warehouse, app: string, datasetId: string) {
  const pairs = createBatch(warehouse, 'dataset_pairs');
  const drops = createBatch(warehouse, 'dataset_drops');
  const key = { app, dataset_id: datasetId };

  return {
    async writePairs(batch: readonly (Pair & { readonly cohort: string })[]): Promise<void> {
      await pairs.add(batch.map((pair) => JSON.stringify({ ...key, ...rowFromPair(pair) })));
    },
    async writeDrops(batch: readonly DropRow[]): Promise<void> {
      await drops.add(batch.map((drop) => JSON.stringify({ ...key, stage: 'pair', ...drop })));
    },
    async finish(manifest: DatasetManifest, createdMs: number): Promise<void> {
      await pairs.flush();
      await drops.flush();
      const row = { ...key, created_ms: createdMs, manifest: JSON.stringify(manifest) };
      await warehouse.insert('datasets', JSON.stringify(row), 1);
    },
  };
}

function createBatch(warehouse: Warehouse, table: string) {
  let lines: string[] = [];
  let bytes = 0;

  async function flush(): Promise<void> {
    if (lines.length === 0) return;
    const full = lines;
    lines = [];
    bytes = 0;
    await warehouse.insert(table, full.join('\n'), full.length);
  }

  return {
    flush,
    async add(more: readonly string[]): Promise<void> {
      for (const line of more) {
        lines.push(line);
        bytes += line.length;
        if (bytes >= insertBytes) await flush();
      }
    },
  };
}

function rowFromPair(pair: Pair & { readonly cohort: string }) {
  return {
    pair_id: pair.pairId,
    group_id: pair.groupId,
    split: pair.split,
    source: pair.source,
    sources: pair.sources,
    chosen_turn_id: pair.chosenTurnId,
    rejected_turn_id: pair.rejectedTurnId,
    annotator_id: pair.annotatorId,
    session_id: pair.sessionId,
    character_id: pair.characterId,
    cohort: pair.cohort,
    chosen_model_version: pair.chosenModelVersion,
    rejected_model_version: pair.rejectedModelVersion,
    context_source: pair.contextSource,
    group_share: pair.groupShare,
    prompt: pair.prompt,
    chosen: pair.chosen,
    rejected: pair.rejected,
  };
}
