import { describe, test } from 'vitest';

/** A server outside this process, as the global set-up found it: its address, or why there is none. */
export type OutsideServer = { readonly address: string } | { readonly missing: string };

/**
 * A suite that needs an outside server. Without the server it is skipped with its reason on a laptop, and it
 * fails where `CI=true`, so that no suite goes quiet unnoticed.
 *
 * @param server what the global set-up provides, e.g. `inject('kafka')`
 * @param title of the suite
 * @param suite gets the server's address
 */
export function describeWith(server: OutsideServer, title: string, suite: (address: string) => void): void {
  if ('address' in server) {
    describe(title, () => suite(server.address));
  } else if (process.env['CI'] === 'true') {
    test(`${title}: needs its server`, () => {
      throw new Error(`under CI a missing server is a failure: ${server.missing}`);
    });
  } else {
    process.stderr.write(`skipped: ${title}: ${server.missing}\n`);
    test.skip(`${title} (${server.missing})`);
  }
}
