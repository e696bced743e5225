/**
 * `serve` on the embedded engines while another program takes all space of their disk, again and again. A file system
 * of its own takes root and Linux; elsewhere the test is skipped, and fails under CI=true.
 */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { drawUniform } from '../../pipelines/maths/draws.ts';
import { createRandom } from '../../pipelines/maths/random.ts';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { createServeTrial } from './harness/serve-trial.ts';

const rounds = Number(process.env['TACIT_TEST_ROUNDS'] ?? 1);
const fillsOfRound = 4;
const seed = process.env['TACIT_TEST_SEED'] ?? String(randomInt(1e9));

let dataDir: string;
let disk: SmallDisk | undefined;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tacit-full-serve-'));
  disk = mountSmallDisk(dataDir, 512);
});
afterAll(async () => {
  disk?.unmount();
  await rm(dataDir, { recursive: true, force: true });
});

test(
  `serve on a disk that is filled again and again: every acknowledged event is there once (starts ${rounds}, seed ${seed})`,
  { timeout: 60_000 * rounds },
  async ({ skip }) => {
    skip(!disk && process.env['CI'] !== 'true', 'no file system can be mounted here');
    if (!disk) throw new Error('no file system can be mounted here');
    const random = createRandom(seed);
    const trial = await createServeTrial({ dataDir, random, pauseMs: 100 });
    const ends: string[] = [];
    for (let round = 0; round < rounds; round++) {
      const { serving, load } = await trial.start();
      for (let fill = 0; fill < fillsOfRound && serving.process.child.exitCode === null; fill++) {
        await sleep(drawUniform(random, 200, 600));
        await disk.fill();
        await sleep(drawUniform(random, 0, 300));
        await disk.empty();
      }
      // It goes on by itself, unless its engine has lost a write: then it ends within two seconds, or is killed before.
      const patienceMs = random.uint32() % 2 === 0 ? 2_500 : 0;
      const ended = await Promise.race([serving.process.ended, sleep(patienceMs, undefined)]);
      serving.process.child.kill('SIGKILL');
      await load;
      if (ended) {
        expect(ended.stderr).toMatch(
          /^(tacit: a write of the warehouse failed.*\(warehouse_write_failed\)\n)+$/m,
        );
        expect(ended.code).toBe(2);
      }
      ends.push(ended ? 'ended' : 'went on');
    }

    const { acknowledged, stored, counted, log, differing, columns } = await trial.verify();
    console.info(
      `seed ${seed}: ${acknowledged} events acknowledged, ${stored} stored; ${ends.join(', ')}; ${columns} columns compared`,
    );
    expect(log).toEqual({ lost: [], foreign: [], outOfOrder: [] });
    expect(differing).toEqual([]);
    expect(counted).toBe(stored);
  },
);
