import { statfs } from 'node:fs/promises';

import { z } from 'zod';

import { TacitError } from '../../../schemas/errors.ts';
import { ownsDataDir } from '../../settings/environment.ts';
import { eventsTopic } from '../../engines/event-log/topics.ts';
import { engineCommand, type CommandContext } from '../command.ts';
import { missingBefore, topicEnds } from '../../jobs/lag.ts';

interface Check {
  readonly name: string;
  readonly status: 'pass' | 'warn' | 'fail';
  readonly says: string;
}

export const doctorCommand = engineCommand({
  name: 'doctor',
  summary: 'check both engines, and say what to do about what is wrong',
  examples: ['tacit doctor', 'tacit doctor --json', 'tacit doctor --laptop'],
  flags: [{ flags: '--laptop', says: 'one Kafka broker is meant: fewer than three replicas are no failure' }],
  perApp: false,
  options: z.object({ laptop: z.boolean().default(false) }),
  async run(context, { laptop }) {
    const checks = [
      await checked('warehouse', () => warehouseCheck(context)),
      await checked('event log', () => eventLogCheck(context)),
      await checked('topics', () => topicsCheck(context, laptop)),
      await checked('keys', () => keysCheck(context)),
      await checked('lag', () => lagCheck(context)),
      ...(ownsDataDir(context.settings) ? [await checked('disk', () => diskCheck(context))] : []),
    ];
    const failed = checks.find(({ status }) => status === 'fail');
    return { status: failed ? 'fail' : 'pass', checks };
  },
  text: ({ checks }) =>
    checks.map(({ name, status, says }) => `${status.padEnd(4)}  ${name.padEnd(9)}  ${says}`).join('\n'),
  failed: ({ status }) => status === 'fail',
});

async function checked(name: string, check: () => Promise<Omit<Check, 'name'>>): Promise<Check> {
  try {
    return { name, ...(await check()) };
  } catch (error) {
    // Somebody else's data directory is nothing to examine.
    if (error instanceof TacitError && error.code === 'data_dir_owned') throw error;
    return { name, status: 'fail', says: error instanceof Error ? error.message : String(error) };
  }
}

async function warehouseCheck({ engines }: CommandContext): Promise<Omit<Check, 'name'>> {
  const warehouse = await engines.warehouse();
  const [row] = await warehouse.query<{ version: string }>({ sql: 'SELECT version() AS version' });
  return {
    status: 'pass',
    says: `${warehouse.driver}, ClickHouse ${row?.version ?? ''}, tables at this version`,
  };
}

async function eventLogCheck({ engines, settings }: CommandContext): Promise<Omit<Check, 'name'>> {
  const eventLog = await engines.eventLog();
  const partitions = await eventLog.offsets(eventsTopic);
  const sizes = await eventLog.sizes();
  const held = sizes
    ? `; ${bytesText(sizes.liveBytes)} live in a file of ${bytesText(sizes.fileBytes)}, kept ${settings.logRetentionHours} h after the warehouse has it`
    : '';
  return {
    status: 'pass',
    says: `${eventLog.driver}, ${partitions.length} partitions of ${eventsTopic}${held}`,
  };
}

async function topicsCheck({ engines }: CommandContext, laptop: boolean): Promise<Omit<Check, 'name'>> {
  const findings = await (await engines.bareEventLog()).inspectTopics();
  const failing = findings.filter(({ kind }) => kind === 'settings' || !laptop);
  const told = failing.length > 0 ? failing : findings;
  if (told.length === 0)
    return { status: 'pass', says: 'partitions, replicas and settings as they should be' };
  return {
    status: failing.length > 0 ? 'fail' : 'warn',
    says: told.map(({ topic, says }) => `${topic} ${says}`).join('; '),
  };
}

async function keysCheck({ engines }: CommandContext): Promise<Omit<Check, 'name'>> {
  const { keyRing, pseudonyms } = await engines.access();
  const usable = keyRing.list().filter((key) => key.revoked_ms === undefined).length;
  const says = `${usable} API keys in use; pseudonym key ${pseudonyms.fingerprint}`;
  return pseudonyms.fingerprint === 'off'
    ? {
        status: 'warn',
        says: `${usable} API keys in use; pseudonyms are off, annotator ids are stored as they come`,
      }
    : { status: 'pass', says };
}

async function lagCheck({ engines }: CommandContext): Promise<Omit<Check, 'name'>> {
  const lag = await missingBefore(await topicEnds(await engines.eventLog()), await engines.warehouse());
  return { status: 'pass', says: `${lag} records of the log not yet in the warehouse` };
}

async function diskCheck({ settings }: CommandContext): Promise<Omit<Check, 'name'>> {
  const { bavail, bsize } = await statfs(settings.dataDir);
  const free = bavail * bsize;
  const says = `${bytesText(free)} free where ${settings.dataDir} lies`;
  return free < 2 * 1024 ** 3
    ? { status: 'warn', says: `${says}: make room, at 0 nothing more is accepted` }
    : { status: 'pass', says };
}

function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power] ?? ''}`;
}
