import { readFileSync } from 'node:fs';

/** Processor time that a process has used, user and system (Linux; NaN elsewhere, and when it has ended). */
export function processorSeconds(pid: number): number {
  try {
    // Fields 14 and 15, behind the name in brackets, in hundredths of a second.
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}
