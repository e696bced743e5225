import { expect, it } from 'vitest';

import { createRenewable } from '../../../services/engines/event-log/renewable.ts';

function given() {
  const connected: number[] = [];
  const disconnected: number[] = [];
  return {
    connected,
    disconnected,
    options: {
      connect: () => {
        connected.push(connected.length);
        return Promise.resolve(connected.length - 1);
      },
      disconnect: (client: number) => {
        disconnected.push(client);
        return Promise.resolve();
      },
      isSpoilt: (error: unknown) => error instanceof RangeError,
    },
  };
}

it('keeps a client over failures that it gets over', async () => {
  const { options, connected } = given();
  const renewable = await createRenewable(options);
  await expect(renewable.use(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  expect(await renewable.use((client) => Promise.resolve(client))).toBe(0);
  expect(connected).toEqual([0]);
});

it('takes another client after a failure that spoils it, once for all who met it', async () => {
  const { options, connected, disconnected } = given();
  const renewable = await createRenewable(options);
  const spoil = () => renewable.use(() => Promise.reject(new RangeError('not connected')));
  await Promise.allSettled([spoil(), spoil()]);
  expect(await renewable.use((client) => Promise.resolve(client))).toBe(1);
  expect(connected).toEqual([0, 1]);
  expect(disconnected).toContain(0);
  await renewable.close();
  expect(disconnected).toContain(1);
});

it('tries again to connect at the next use', async () => {
  const { options } = given();
  let reachable = true;
  const connect = () => (reachable ? options.connect() : Promise.reject(new Error('away')));
  const renewable = await createRenewable({ ...options, connect });
  await expect(renewable.use(() => Promise.reject(new RangeError('lost')))).rejects.toThrow();
  reachable = false;
  await expect(renewable.use((client) => Promise.resolve(client))).rejects.toThrow('away');
  reachable = true;
  expect(await renewable.use((client) => Promise.resolve(client))).toBe(1);
});
