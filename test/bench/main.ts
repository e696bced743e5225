/** `npm run bench -- NAME`: measures one thing side by side in one run and prints a table. */
const benches = {
  build: () => import('./build/bench.ts'),
  diversity: () => import('./diversity/bench.ts'),
  ingest: () => import('./ingest/bench.ts'),
  effects: () => import('./effects/bench.ts'),
} as const;

const [name, ...rest] = process.argv.slice(2);
if (name === undefined || !(name in benches)) {
  console.error(`usage: npm run bench -- ${Object.keys(benches).join('|')} [--quick]`);
  process.exit(2);
}
const { bench } = await benches[name as keyof typeof benches]();
await bench({ quick: rest.includes('--quick') });
