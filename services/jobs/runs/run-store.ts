import type { PromptScores } from '../../../pipelines/diversity/per-prompt-scores.ts';
import type { TokenBudget } from '../../../pipelines/diversity/reading/token-budget.ts';
import type {
  ProbeAnswer,
  ProbePhase,
  ProbeSampleBody,
  RunGroups,
  RunPoint,
  RunSummary,
  SampleGroup,
  SamplingSettings,
} from '../../../schemas/runs.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { settingsFromJson, type RunSettings } from './run-settings.ts';

/** A run as it was put. */
export interface StoredRun {
  readonly run: string;
  readonly createdMs: number;
  readonly version: number;
  readonly settings: RunSettings;
}

/** One evaluation of a run, without its samples. */
export interface StoredProbe {
  readonly phase: ProbePhase;
  readonly step: number;
  readonly epoch: number | null;
  readonly receivedMs: number;
  readonly samples: number;
  readonly sampling: SamplingSettings;
  readonly trainerMetrics: Readonly<Record<string, number>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly absent: RunPoint['absent'];
  /** What the scores were measured with. */
  readonly tokenBudget: TokenBudget | null;
  readonly scores: readonly PromptScores[];
  readonly answer: ProbeAnswer;
}

/** With what is written, and read only when it is asked for. */
export interface MeasuredProbe extends StoredProbe {
  readonly groups: readonly SampleGroup[];
}

export interface RunStore {
  /** The latest first, without reading what was measured. */
  summaries(app: string): Promise<RunSummary[]>;
  run(app: string, run: string): Promise<StoredRun | undefined>;
  putRun(app: string, run: StoredRun): Promise<void>;
  /** By the time of their receipt. */
  probes(app: string, run: string): Promise<StoredProbe[]>;
  /** Resolves when samples and row are durable. */
  addProbe(
    app: string,
    run: string,
    probe: MeasuredProbe,
    samples: readonly ProbeSampleBody[],
  ): Promise<void>;
  /** Writes a probe's row anew; its samples stay. */
  rewriteProbe(app: string, run: string, probe: MeasuredProbe): Promise<void>;
  /** By phase and step. */
  groups(app: string, run: string): Promise<RunGroups['series']>;
  samplesOf(app: string, run: string, probe: StoredProbe): Promise<ProbeSampleBody[]>;
}

interface RunRow {
  readonly run_id: string;
  readonly created_ms: number;
  readonly version: number;
  readonly settings: string;
}

interface ProbeRow {
  readonly phase: ProbePhase;
  readonly step: number;
  readonly epoch: number | null;
  readonly received_ms: number;
  readonly samples: number;
  readonly sampling: string;
  readonly trainer_metrics: string;
  readonly metrics: string;
  readonly absent: string;
  readonly scores: string;
  readonly answer: string;
}

interface ScoresJson {
  readonly token_budget: TokenBudget | null;
  readonly scores: readonly {
    readonly metric: string;
    readonly group: PromptScores['group'];
    readonly scores: Readonly<Record<string, number>>;
  }[];
}

interface SampleRow {
  readonly prompt_id: string;
  readonly text: string;
  readonly entropy: number | null;
  readonly finish_reason: string;
  readonly cluster: string;
}

interface SummaryRow extends RunRow {
  readonly baseline: number;
  readonly training: number;
  readonly step: number;
  readonly action: RunSummary['action'] | '';
}

const summariesSql = `
SELECT r.run_id AS run_id, r.created_ms AS created_ms, r.version AS version, r.settings AS settings,
  p.baseline AS baseline, p.training AS training, p.step AS step, p.action AS action
FROM (SELECT * FROM runs FINAL WHERE app = {app:String}) AS r
LEFT JOIN
(
  SELECT run_id, countIf(phase = 'baseline') AS baseline, countIf(phase = 'training') AS training,
    maxIf(step, phase = 'training') AS step,
    argMax(JSONExtractString(answer, 'verdict', 'action'), received_ms) AS action
  FROM run_probes FINAL WHERE app = {app:String} GROUP BY run_id
) AS p ON r.run_id = p.run_id
ORDER BY created_ms DESC, run_id`;

/** Runs and their evaluations in the warehouse. One process writes: the console. */
export function createRunStore(warehouse: Warehouse): RunStore {
  const insertProbe = async (app: string, run: string, probe: MeasuredProbe) => {
    await warehouse.insert('run_probes', JSON.stringify(rowFromProbe(app, run, probe)), 1);
  };
  return {
    async summaries(app) {
      const rows = await warehouse.query<SummaryRow>({ sql: summariesSql, parameters: { app } });
      return rows.map(summaryFromRow);
    },
    async run(app, run) {
      const [row] = await warehouse.query<RunRow>({
        sql: `SELECT run_id, created_ms, version, settings FROM runs FINAL
          WHERE app = {app:String} AND run_id = {run:String}`,
        parameters: { app, run },
      });
      return row && runFromRow(row);
    },
    async putRun(app, { run, createdMs, version, settings }) {
      const row = { app, run_id: run, created_ms: createdMs, version, settings: JSON.stringify(settings) };
      await warehouse.insert('runs', JSON.stringify(row), 1);
    },
    async probes(app, run) {
      const rows = await warehouse.query<ProbeRow>({
        sql: `SELECT phase, step, epoch, received_ms, samples, sampling, trainer_metrics, metrics, absent, scores, answer
          FROM run_probes FINAL WHERE app = {app:String} AND run_id = {run:String}
          ORDER BY received_ms, phase, step`,
        parameters: { app, run },
      });
      return rows.map(probeFromRow);
    },
    async addProbe(app, run, probe, samples) {
      const key = { app, run_id: run, phase: probe.phase, step: probe.step };
      const lines = samples.map(({ prompt_id, text, entropy, finish_reason, cluster }, sample_index) =>
        JSON.stringify({
          ...key,
          sample_index,
          prompt_id,
          text,
          entropy: entropy ?? null,
          finish_reason: finish_reason ?? '',
          cluster: cluster ?? '',
        }),
      );
      await warehouse.insert('run_samples', lines.join('\n'), lines.length);
      await insertProbe(app, run, probe);
    },
    rewriteProbe: insertProbe,
    async groups(app, run) {
      const rows = await warehouse.query<{ phase: ProbePhase; step: number; sample_groups: string }>({
        sql: `SELECT phase, step, sample_groups FROM run_probes FINAL
          WHERE app = {app:String} AND run_id = {run:String} ORDER BY phase, step`,
        parameters: { app, run },
      });
      return rows.map(({ phase, step, sample_groups }) => ({
        step,
        phase,
        groups: JSON.parse(sample_groups) as SampleGroup[],
      }));
    },
    async samplesOf(app, run, { phase, step, samples }) {
      const rows = await warehouse.query<SampleRow>({
        sql: `SELECT prompt_id, text, entropy, finish_reason, cluster FROM run_samples FINAL
          WHERE app = {app:String} AND run_id = {run:String} AND phase = {phase:String} AND step = {step:Int64}
            AND sample_index < {samples:UInt32}
          ORDER BY sample_index`,
        parameters: { app, run, phase, step, samples },
      });
      return rows.map(({ prompt_id, text, entropy, finish_reason, cluster }) => ({
        prompt_id,
        text,
        ...(entropy === null ? {} : { entropy }),
        ...(finish_reason === '' ? {} : { finish_reason }),
        ...(cluster === '' ? {} : { cluster }),
      }));
    },
  };
}

function runFromRow({ run_id, created_ms, version, settings }: RunRow): StoredRun {
  return { run: run_id, createdMs: created_ms, version, settings: settingsFromJson(settings) };
}

function summaryFromRow(row: SummaryRow): RunSummary {
  const { baseline, training } = row;
  return {
    ...summaryOf(runFromRow(row), { baseline, training }),
    step: training === 0 ? null : row.step,
    action: row.action === '' ? 'continue' : row.action,
  };
}

/** What a run's settings say of it. */
export function summaryOf(
  { run, settings, createdMs }: StoredRun,
  probes: RunSummary['probes'],
): Omit<RunSummary, 'step' | 'action'> {
  return {
    run,
    kind: settings.kind,
    policy: settings.policy ?? null,
    dataset: settings.dataset ?? null,
    base_model_version: settings.base_model_version ?? null,
    anchor_run: settings.anchor_run ?? null,
    created_at: new Date(createdMs).toISOString(),
    probes,
  };
}

function rowFromProbe(
  app: string,
  run: string,
  probe: MeasuredProbe,
): ProbeRow & { app: string; run_id: string; sample_groups: string } {
  const scores: ScoresJson = {
    token_budget: probe.tokenBudget,
    scores: probe.scores.map(({ metric, group, scores }) => ({
      metric,
      group,
      scores: Object.fromEntries(scores),
    })),
  };
  return {
    app,
    run_id: run,
    phase: probe.phase,
    step: probe.step,
    epoch: probe.epoch,
    received_ms: probe.receivedMs,
    samples: probe.samples,
    sampling: JSON.stringify(probe.sampling),
    trainer_metrics: JSON.stringify(probe.trainerMetrics),
    metrics: JSON.stringify(probe.metrics),
    absent: JSON.stringify(probe.absent),
    sample_groups: JSON.stringify(probe.groups),
    scores: JSON.stringify(scores),
    answer: JSON.stringify(probe.answer),
  };
}

function probeFromRow(row: ProbeRow): StoredProbe {
  const { token_budget, scores } = JSON.parse(row.scores) as ScoresJson;
  return {
    phase: row.phase,
    step: row.step,
    epoch: row.epoch,
    receivedMs: row.received_ms,
    samples: row.samples,
    sampling: JSON.parse(row.sampling) as SamplingSettings,
    trainerMetrics: JSON.parse(row.trainer_metrics) as Record<string, number>,
    metrics: JSON.parse(row.metrics) as Record<string, number>,
    absent: JSON.parse(row.absent) as RunPoint['absent'],
    tokenBudget: token_budget,
    scores: scores.map((each) => ({ ...each, scores: new Map(Object.entries(each.scores)) })),
    answer: JSON.parse(row.answer) as ProbeAnswer,
  };
}
