/** `npm run bench -- NAME`: measures one thing side by side in one run and prints a table. */
const benches = {
  ingest: () => import('./ingest/bench.ts'),
} as const;

const [name, ...rest] = process.argv.slice(2);
if (name === undefined || !(name in benches)) {
  console.error(`usage: npm run bench -- ${Object.keys(benches).join('|')} [--quick]`);
  process.exit(2);
}
const { bench } = await benches[name as keyof typeof benches]();
await bench({ quick: rest.includes('--quick') });
