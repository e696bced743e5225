import { z } from 'zod';

import { appName } from '../../../schemas/api-key.ts';
import { TacitError } from '../../../schemas/errors.ts';
import { createRuns } from '../../jobs/runs/create-runs.ts';
import { RunsProblem } from '../../jobs/runs/runs-problem.ts';
import { engineCommand } from '../command.ts';
import { runText } from '../terminal/run-text.ts';
import { tableText } from '../terminal/table.ts';

export const runsCommand = engineCommand({
  name: 'runs',
  summary: 'list training runs with their verdicts, the latest first',
  examples: ['tacit runs', 'tacit runs --app shop --json'],
  flags: [],
  perApp: true,
  options: z.object({ app: appName }),
  async run({ engines, clock }, { app }) {
    return { runs: await createRuns({ warehouse: await engines.warehouse(), clock }).list(app) };
  },
  text: ({ runs }) =>
    runs.length === 0
      ? 'no run yet: PUT /v1/runs/{run} makes one, see docs/watching-a-run.md'
      : tableText(
          ['run', 'verdict', 'step', 'evaluations', 'kind', 'policy', 'dataset', 'since'],
          runs.map(({ run, action, step, probes, kind, policy, dataset, created_at }) => [
            ...[run, action, step === null ? '' : String(step), probes.training],
            ...[kind, policy ?? '', dataset ?? '', created_at],
          ]),
        ),
});

export const runsShow = engineCommand({
  name: 'runs show',
  summary: 'the verdict on a run, its reasons and every metric',
  examples: ['tacit runs show sft-7b-dpo-3', 'tacit runs show sft-7b-dpo-3 --json'],
  positional: { name: 'run', says: 'name of the run', required: true },
  flags: [],
  perApp: true,
  options: z.object({ app: appName, run: z.string().min(1) }),
  async run({ engines, clock }, { app, run }) {
    try {
      return await createRuns({ warehouse: await engines.warehouse(), clock }).detail(app, run);
    } catch (error) {
      if (!(error instanceof RunsProblem)) throw error;
      throw new TacitError('not_found', `app ${app} has no run ${run}: tacit runs lists them`);
    }
  },
  text: runText,
});
