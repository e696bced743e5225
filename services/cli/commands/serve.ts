import type { Command } from 'commander';

import { createShutdown } from '../../settings/shutdown.ts';
import type { Machine } from '../machine.ts';
import { openServe } from '../serve/open-serve.ts';
import { withExamples } from './with-examples.ts';

export function addServeCommand(program: Command, machine: Machine): void {
  const command = program
    .command('serve')
    .description('ingest, stratify and console in one process, on one address; ends at Ctrl-C or SIGTERM')
    .option('--json', 'one JSON object on standard output once it serves, nothing else');
  withExamples(command, [
    'tacit serve',
    'TACIT_PORT=9000 TACIT_DATA_DIR=./data tacit serve',
    'curl -X POST http://127.0.0.1:8224/v1/events -H "Authorization: Bearer $KEY" --data-binary @events.json -H "Content-Type: application/json"',
  ]);
  command.action(async () => {
    const { json = false } = command.opts<{ json?: boolean }>();
    const shutdown = createShutdown(machine.process);
    const serve = await openServe(machine);
    shutdown.before(() => serve.close());
    serve.stratified.catch((fault: unknown) => {
      shutdown.request(fault);
    });
    const { address } = serve;
    const { dataDir } = machine.settings;
    const report = { address, pid: machine.process.pid, data_dir: dataDir };
    machine.stdout.write(
      json ? `${JSON.stringify(report)}\n` : `Tacit serves at ${address} (data in ${dataDir})\n`,
    );
    await shutdown.finished();
  });
}
