/** A connected client, made anew for its next use once it has failed in a way that it may not get over by itself. */
export interface Renewable<Client> {
  use<Result>(call: (client: Client) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface RenewableOptions<Client> {
  connect(): Promise<Client>;
  disconnect(client: Client): Promise<void>;
  /** Whether a client that failed so is to be replaced. */
  isSpoilt(error: unknown): boolean;
}

/** Connects at once; rejects when that fails. */
export async function createRenewable<Client>(options: RenewableOptions<Client>): Promise<Renewable<Client>> {
  const { connect, disconnect, isSpoilt } = options;
  let current: Promise<Client> | undefined = connect();
  await current;

  function drop(client: Promise<Client>): void {
    if (current === client) current = undefined;
    // What it still had in hand has failed already, or fails now.
    client.then(disconnect).catch(() => undefined);
  }

  return {
    async use(call) {
      const client = (current ??= connect());
      let isConnected = false;
      try {
        const connected = await client;
        isConnected = true;
        return await call(connected);
      } catch (error) {
        if (!isConnected || isSpoilt(error)) drop(client);
        throw error;
      }
    },
    async close() {
      const last = current;
      current = undefined;
      await last?.then(disconnect).catch(() => undefined);
    },
  };
}
