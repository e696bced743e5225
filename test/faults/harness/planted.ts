/**
 * Loaded before a Tacit process of the harness (`--import`): plants what TACIT_TEST_PLANTS names, and lets the clock
 * jump to what the file TACIT_TEST_CLOCK says whenever SIGUSR2 comes.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

import { plants, type Plant, type PlantName } from './plants.ts';

const named = (process.env['TACIT_TEST_PLANTS'] ?? '').split(',').filter((name) => name !== '');
const wanted = named.flatMap((name): readonly Plant[] => plants[name as PlantName]);

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    const here = wanted.filter(({ file }) => url.endsWith(`/${file}`));
    if (here.length === 0) return loaded;
    let source =
      typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString();
    for (const { file, from, to } of here) {
      if (!source.includes(from)) throw new Error(`nothing to plant in ${file}: ${from}`);
      source = source.replace(from, to);
    }
    return { ...loaded, source };
  },
});

const clockFile = process.env['TACIT_TEST_CLOCK'];
if (clockFile !== undefined) {
  const now = Date.now.bind(Date);
  let offsetMs = 0;
  Date.now = () => now() + offsetMs;
  process.on('SIGUSR2', () => (offsetMs = Number(readFileSync(clockFile, 'utf8'))));
}
