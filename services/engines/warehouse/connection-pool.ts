/** Lends each of a fixed set of connections to one caller at a time, first come, first served. */
export interface ConnectionPool<Connection> {
  use<Result>(call: (connection: Connection) => Promise<Result>): Promise<Result>;
  /** Resolves when every lent connection has come back. */
  drained(): Promise<void>;
}

export function createConnectionPool<Connection>(
  connections: readonly Connection[],
): ConnectionPool<Connection> {
  const free = [...connections];
  const waiting: ((connection: Connection) => void)[] = [];

  const acquire = (): Promise<Connection> => {
    const connection = free.pop();
    if (connection !== undefined) return Promise.resolve(connection);
    return new Promise((resolve) => waiting.push(resolve));
  };
  const release = (connection: Connection) => {
    const next = waiting.shift();
    if (next) next(connection);
    else free.push(connection);
  };

  return {
    async use(call) {
      const connection = await acquire();
      try {
        return await call(connection);
      } finally {
        release(connection);
      }
    },
    async drained() {
      const all = await Promise.all(connections.map(acquire));
      all.forEach(release);
    },
  };
}
