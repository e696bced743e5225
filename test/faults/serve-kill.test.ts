import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { drawUniform } from '../../pipelines/maths/draws.ts';
import { createRandom } from '../../pipelines/maths/random.ts';
import { createServeTrial } from './harness/serve-trial.ts';

const kills = 10;
const seed = process.env['TACIT_TEST_SEED'] ?? String(randomInt(1e9));

let dataDir: string;
beforeAll(async () => (dataDir = await mkdtemp(join(tmpdir(), 'tacit-kill-'))));
afterAll(() => rm(dataDir, { recursive: true, force: true }));

test(
  `serve killed ${kills} times under load: every acknowledged event is there once, none foreign (seed ${seed})`,
  { timeout: 400_000 },
  async () => {
    const random = createRandom(seed);
    const trial = await createServeTrial({ dataDir, random });
    for (let kill = 0; kill < kills; kill++) {
      const { serving, load } = await trial.start();
      await sleep(drawUniform(random, 20, 1_200));
      serving.process.child.kill('SIGKILL');
      await serving.process.ended;
      await load;
    }

    const { acknowledged, stored, counted, log, differing, columns } = await trial.verify();
    expect(log).toEqual({ lost: [], foreign: [], outOfOrder: [] });
    expect(differing).toEqual([]);
    expect(acknowledged).toBeGreaterThan(1_000);
    expect(counted).toBe(stored);
    console.info(
      `seed ${seed}: ${acknowledged} events acknowledged over ${kills} kills, ${stored} stored, none lost, ${columns} columns compared`,
    );
  },
);
