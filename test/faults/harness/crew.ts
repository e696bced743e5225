import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { startMember, type Member } from './tacit-member.ts';

/** The Tacit processes of one seed; the harness puts a dead one's successor in its place. */
export interface Crew {
  /** Addresses of the ingest processes that run. */
  doors(): readonly string[];
  /** Addresses of the stratify processes that run. */
  stratifiers(): readonly string[];
  /** Starts one more; resolves once it runs, or has ended. */
  start(service: Member['service']): Promise<Member>;
  /** The n-th of those that run, round and round; undefined while none does. */
  pick(service: Member['service'], n: number): Member | undefined;
  /** Ends one and forgets it; resolves when it has ended. */
  dismiss(member: Member | undefined, signal: NodeJS.Signals): Promise<void>;
  /** Processes that ended for a reason that does not pass, although nobody ended them: what each said. */
  readonly deserters: readonly string[];
  /** How often a process ended because an engine was away, and was started again, as a supervisor would. */
  readonly restarts: () => number;
  /** What those that run have logged of late. */
  said(): string;
  /** Ends all in order; throws when one does not. */
  stop(): Promise<void>;
}

export interface CrewOptions {
  readonly dir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly plants: readonly string[];
}

const orderlyEndMs = 20_000;
const restartPauseMs = 300;
const passing = /log_unavailable|warehouse_unavailable/;

export function createCrew({ dir, environment, plants }: CrewOptions): Crew {
  const members: { readonly member: Member; address: string | undefined }[] = [];
  const deserters: string[] = [];
  let started = 0;
  let restarts = 0;
  let stopping = false;

  function forget(member: Member): boolean {
    const index = members.findIndex((each) => each.member === member);
    if (index !== -1) members.splice(index, 1);
    return index !== -1;
  }

  const addresses = (service: Member['service']) =>
    members.flatMap(({ member, address }) =>
      member.service === service && address !== undefined ? [address] : [],
    );

  async function start(service: Member['service']): Promise<Member> {
    started += 1;
    const clockFile = join(dir, `clock-${String(started)}`);
    const member = startMember(service, { environment, plants, clockFile });
    const place: (typeof members)[number] = { member, address: undefined };
    members.push(place);
    void member.ended.then(async ({ code, stderr }) => {
      if (!forget(member)) return;
      if (!passing.test(stderr)) {
        deserters.push(`${service} ended with ${String(code)}: ${stderr}`);
        return;
      }
      restarts += 1;
      await sleep(restartPauseMs);
      if (!stopping) await start(service);
    });
    place.address = await member.address;
    return member;
  }

  return {
    doors: () => addresses('ingest'),
    stratifiers: () => addresses('stratify'),
    start,
    pick(service, n) {
      const among = members.filter(({ member }) => member.service === service);
      return among[n % Math.max(1, among.length)]?.member;
    },
    async dismiss(member, signal) {
      if (member === undefined) return;
      forget(member);
      member.signal(signal);
      const late = sleep(orderlyEndMs, 'late' as const, { ref: false });
      if ((await Promise.race([member.ended, late])) !== 'late') return;
      member.signal('SIGKILL');
      throw new Error(`${member.service} did not end within ${String(orderlyEndMs)} ms of ${signal}`);
    },
    deserters,
    restarts: () => restarts,
    said: () =>
      members.map(({ member }) => `${member.service} ${String(member.pid)}: ${member.said()}`).join('\n'),
    async stop() {
      stopping = true;
      const all = members.splice(0).map(({ member }) => member);
      for (const member of all) member.signal('SIGTERM');
      const late = setTimeout(() => {
        for (const member of all) member.signal('SIGKILL');
      }, orderlyEndMs);
      const ends = await Promise.all(all.map((member) => member.ended));
      clearTimeout(late);
      for (const { code, stderr } of ends) {
        if (code !== 0) throw new Error(`a process ended with ${String(code)} at its end: ${stderr}`);
      }
    },
  };
}
