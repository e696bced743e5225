import type { Command } from 'commander';
import { z } from 'zod';

import { appName } from '../../../schemas/api-key.ts';
import { TacitError } from '../../../schemas/errors.ts';
import type { RunDetail } from '../../../schemas/runs.ts';
import type { Machine } from '../machine.ts';
import { optionsFrom } from '../options-from.ts';
import { createRunsClient } from '../sending/runs-client.ts';
import { withDestination } from '../sending/with-destination.ts';
import { runText } from '../terminal/run-text.ts';
import { createTerminalReport } from '../terminal/terminal-report.ts';
import { withExamples } from './with-examples.ts';

const watchOptions = z.object({
  run: z.string().min(1),
  every: z.coerce.number({ error: 'must be seconds' }).min(1).max(3_600).default(5),
  untilStop: z.boolean().default(false),
  app: appName,
  url: z.url({ error: 'must be an address such as http://127.0.0.1:8224' }).optional(),
  key: z.string().optional(),
});

const clearScreen = '\u001b[2J\u001b[H';

export function addRunsWatch(runs: Command, machine: Machine): void {
  const command = runs
    .command('watch')
    .description('follow a run in the terminal until Ctrl-C; elsewhere a line for each new step')
    .argument('<run>', 'name of the run')
    .option('--every <seconds>', 'how often to look', '5')
    .option('--until-stop', 'end when the verdict is stop')
    .option('--app <name>', 'which app, where no key names it', 'default')
    .option('--url <url>', 'server to ask (the one on the data directory is found by itself)')
    .option('--key <key>', 'API key with the scope runs or read, for --url')
    .option('--json', 'one JSON object a new step on standard output, nothing else');
  withExamples(command, ['tacit runs watch dpo-3', 'tacit runs watch dpo-3 --until-stop --json']);
  command.action(async () => {
    const { json = false, ...flags } = command.opts<{ json?: boolean }>();
    const options = optionsFrom(watchOptions, { ...flags, run: command.args[0] }, 'runs watch', 'run');
    const report = createTerminalReport(machine.stderr, () => undefined);
    const ending = new AbortController();
    const ended = () => ending.signal.aborted;
    const end = () => {
      ending.abort();
    };
    machine.process.on('SIGINT', end);
    try {
      await withDestination(machine, { ...options, scope: 'runs' }, report, async (destination) => {
        const client = createRunsClient(destination);
        let seen: string | undefined;
        while (!ended()) {
          const detail = await client.detail(options.run);
          if (!detail)
            throw new TacitError('not_found', `there is no run ${options.run}: tacit runs lists them`);
          const now = `${detail.probes.baseline} ${detail.probes.training}`;
          if (now !== seen) machine.stdout.write(shown(detail, json, machine.stdout.isTTY));
          seen = now;
          if (options.untilStop && detail.verdict.action === 'stop') return;
          for (let waited = 0; waited < options.every && !ended(); waited += 0.5) await machine.sleep(500);
        }
      });
    } finally {
      machine.process.off('SIGINT', end);
    }
  });
}

function shown(detail: RunDetail, json: boolean, terminal: boolean): string {
  const { run, verdict } = detail;
  if (json) return `${JSON.stringify({ run, ...verdict })}\n`;
  if (terminal) return `${clearScreen}${runText(detail)}\n`;
  return `step ${verdict.step ?? '-'}: ${verdict.action}. ${verdict.reasons[0] ?? ''}\n`;
}
