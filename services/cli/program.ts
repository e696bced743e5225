import { resolve } from 'node:path';

import { Command, CommanderError, Option } from 'commander';

import type { EngineCommand } from './command.ts';
import { listedCommands } from './commands/engine-commands.ts';
import { addProcessCommands } from './commands/process-commands.ts';
import { addReplayCommand } from './commands/replay.ts';
import { addRunsProbe } from './commands/runs-probe.ts';
import { addRunsWatch } from './commands/runs-watch.ts';
import { addServeCommand } from './commands/serve.ts';
import { addSimulateCommand } from './commands/simulate.ts';
import { addStartCommand } from './commands/start.ts';
import { withExamples } from './commands/with-examples.ts';
import { exitCodes, tellError } from './exit-codes.ts';
import type { Machine } from './machine.ts';
import { runEngineCommand } from './run-engine-command.ts';
import { createTerminalReport } from './terminal/terminal-report.ts';

/**
 * Reads a command line and does what it says.
 * @param words without the interpreter and the script
 * @returns the exit code
 */
export async function runProgram(words: readonly string[], machine: Machine): Promise<number> {
  const program = createProgram(machine);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.code === 'tacit.failed') return exitCodes.failed;
      return error.exitCode === 0 ? exitCodes.done : exitCodes.misused;
    }
    return tellError(error, machine);
  }
}

export function createProgram(machine: Machine): Command {
  const program = new Command('tacit')
    .description('Telemetry of conversations in, preference datasets out.')
    .version(machine.version)
    .showSuggestionAfterError()
    // What stands after a command is its own, also where the one above it takes options too (runs, runs show).
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => machine.stdout.write(text),
      writeErr: (text) => machine.stderr.write(text),
      outputError: (text, write) => {
        write(
          `${text
            .trim()
            .replace(/^error: /, 'tacit: ')
            .replaceAll(/\s*\n\s*/g, ' ')} (misuse)\n`,
        );
      },
    });
  addServeCommand(program, machine);
  addProcessCommands(program, machine);
  addSimulateCommand(program, machine);
  addReplayCommand(program, machine);
  for (const command of listedCommands) addEngineCommand(program, command, machine);
  const runs = groupOf(program, 'runs');
  addRunsWatch(runs, machine);
  addRunsProbe(runs, machine);
  addStartCommand(program, machine);
  return program;
}

/** Puts a command into the tree of commander: `keys create` goes below `keys`. */
function addEngineCommand(program: Command, command: EngineCommand, machine: Machine): void {
  const words = command.name.split(' ');
  const parent = words.length === 1 ? program : groupOf(program, words[0] ?? '');
  // A command with others below it, such as runs, leaves their options to them.
  const entry = parent
    .command(words.at(-1) ?? '')
    .description(command.summary)
    .enablePositionalOptions();
  const { positional } = command;
  if (positional) {
    const name = positional.many === undefined ? positional.name : `${positional.name}...`;
    entry.argument(positional.required ? `<${name}>` : `[${name}]`, positional.says);
  }
  for (const { flags, says } of command.flags) entry.addOption(new Option(flags, says));
  if (command.perApp) entry.addOption(new Option('--app <name>', 'which app').default('default'));
  entry.option('--json', 'one JSON object on standard output, nothing else');
  withExamples(entry, command.examples);
  entry.action(async () => {
    const { json = false, ...flags } = entry.opts<Record<string, unknown> & { json?: boolean }>();
    const options: Record<string, unknown> = flags;
    if (positional && entry.args[0] !== undefined)
      options[positional.name] = positional.many === undefined ? entry.args[0] : entry.args;
    for (const path of command.paths ?? []) {
      const value = options[path];
      if (typeof value === 'string') options[path] = resolve(value);
      if (Array.isArray(value)) options[path] = value.map((each) => resolve(String(each)));
    }
    const report = createTerminalReport(machine.stderr, (row) => {
      machine.stdout.write(
        `${json ? JSON.stringify(row) : (command.rowText?.(row) ?? JSON.stringify(row))}\n`,
      );
    });
    const result = await runEngineCommand(command, options, report, machine).finally(() => {
      report.end();
    });
    const text = command.text(result);
    if (!json && text !== '') machine.stdout.write(`${text}\n`);
    if (json && !command.rowText) machine.stdout.write(`${JSON.stringify(result)}\n`);
    if (command.failed?.(result) === true) throw new CommanderError(exitCodes.failed, 'tacit.failed', '');
  });
}

function groupOf(program: Command, name: string): Command {
  const existing = program.commands.find((command) => command.name() === name);
  return existing ?? program.command(name).description(groupSummaries[name] ?? '');
}

const groupSummaries: Readonly<Record<string, string>> = { keys: 'API keys: create, list, revoke' };
