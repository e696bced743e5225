import { request } from 'node:http';

import { TacitError } from '../../../schemas/errors.ts';
import type { Report } from '../command.ts';
import { linesOf } from '../lines-of.ts';
import { controlMessage, errorFromMessage } from './control-protocol.ts';
import { readOwnerHint, type OwnerHint } from './hint.ts';

/** The process that serves a data directory, found alive and holding the token of its hint. */
export interface Owner {
  readonly address: string;
  readonly pid: number;
  /** Runs a command there. Rejects with the command's own error, or `not_running` when the process goes away. */
  run(command: string, options: object, report: Report): Promise<object>;
}

/** @returns undefined when nobody serves the data directory, whatever a stale hint says. */
export async function findOwner(dataDir: string): Promise<Owner | undefined> {
  const hint = await readOwnerHint(dataDir);
  if (!hint || !(await answers(hint))) return undefined;
  return {
    address: hint.address,
    pid: hint.pid,
    run: (command, options, report) => runInOwner(hint, { command, options }, report),
  };
}

/** A process that took over the port answers otherwise, and learns nothing but that someone asked. */
async function answers(hint: OwnerHint): Promise<boolean> {
  try {
    const answer = await fetch(new URL('/control/owner', hint.address), {
      headers: { authorization: `Bearer ${hint.token}` },
      signal: AbortSignal.timeout(2_000),
      redirect: 'error',
    });
    const body: unknown = answer.ok ? await answer.json() : undefined;
    return typeof body === 'object' && body !== null && 'pid' in body && body.pid === hint.pid;
  } catch {
    return false;
  }
}

async function runInOwner(hint: OwnerHint, body: object, report: Report): Promise<object> {
  const gone = new TacitError(
    'not_running',
    `process ${hint.pid} ended before it answered; run the command again`,
    {
      retriable: true,
    },
  );
  // node:http rather than fetch: a long build may be silent for minutes.
  const lines = await new Promise<AsyncGenerator<string>>((resolve, reject) => {
    const call = request(new URL('/control/run', hint.address), {
      method: 'POST',
      headers: { authorization: `Bearer ${hint.token}`, 'content-type': 'application/json' },
    });
    call.once('error', () => {
      reject(gone);
    });
    call.once('response', (answer) => {
      resolve(linesOf(answer));
    });
    call.end(JSON.stringify(body));
  });
  for (;;) {
    const next = await lines.next().catch(() => undefined);
    if (next === undefined || next.done === true) throw gone;
    const message = controlMessage.parse(JSON.parse(next.value));
    if (message.kind === 'progress') report.progress(message.step, message.done, message.total);
    else if (message.kind === 'note') report.note(message.text);
    else if (message.kind === 'row') report.row(message.row);
    else if (message.kind === 'result') return message.result;
    else throw errorFromMessage(message);
  }
}
