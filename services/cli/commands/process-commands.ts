import type { Command } from 'commander';

import { main as consoleMain } from '../../console/main.ts';
import { main as ingestMain } from '../../ingest/main.ts';
import { main as stratifyMain } from '../../stratify/main.ts';
import type { Machine } from '../machine.ts';
import { withExamples } from './with-examples.ts';

const environment = 'TACIT_EVENT_LOG=kafka://broker:9092 TACIT_PSEUDONYM_KEY=… ';
const both = `${environment}TACIT_WAREHOUSE=http://tacit:secret@clickhouse:8123/tacit `;

/** The services one by one, as processes of their own on Kafka and ClickHouse. */
export function addProcessCommands(program: Command, machine: Machine): void {
  const services = [
    {
      name: 'ingest',
      says: 'only the API that takes events, on Kafka; as many processes as wanted',
      main: ingestMain,
      example: `${environment}tacit ingest`,
    },
    {
      name: 'stratify',
      says: 'only what takes events from Kafka into ClickHouse; processes share the partitions',
      main: stratifyMain,
      example: `${both}tacit stratify`,
    },
    {
      name: 'console',
      says: 'only the pages and their JSON, on Kafka and ClickHouse',
      main: consoleMain,
      example: `${both}TACIT_PORT=8225 tacit console`,
    },
  ];
  for (const { name, says, main, example } of services) {
    const command = program
      .command(name)
      .description(says)
      .option('--json', 'one JSON object on standard output once it runs, nothing else');
    withExamples(command, [example]);
    command.action(async () => {
      const { json = false } = command.opts<{ json?: boolean }>();
      await main(machine, (running) => {
        machine.stdout.write(json ? `${JSON.stringify(running)}\n` : `Tacit ${name} at ${running.address}\n`);
      });
    });
  }
}
