import type { FastifyInstance } from 'fastify';

import type { KeyRing } from '../access/key-ring.ts';
import type { Figures } from './console-figures.ts';
import { readerFromKey } from './reader.ts';

interface ApiOptions {
  readonly figures: Figures;
  readonly keyRing: KeyRing;
}

const answers: Readonly<Record<string, (figures: Figures, app: string) => Promise<object>>> = {
  '/v1/stats': (figures, app) => figures.ingest(app),
  '/v1/cohorts': (figures, app) => figures.cohorts(app),
  '/v1/sessions': (figures, app) => figures.sessions(app),
  '/v1/datasets': async (figures, app) => ({ datasets: await figures.datasets(app) }),
};

/** What the pages show, as JSON, for the app of a key with the scope `read`. */
export function apiRoutes(scope: FastifyInstance, { figures, keyRing }: ApiOptions, done: () => void): void {
  for (const [path, answer] of Object.entries(answers)) {
    scope.get(path, async (request, reply) => {
      const reader = readerFromKey(request.headers, keyRing);
      if (reader?.kind !== 'key') {
        return await reply.code(401).header('www-authenticate', 'Bearer').send({
          code: 'unauthorized',
          message: 'send a key with the scope read: Authorization: Bearer <key>',
        });
      }
      const body = { app: reader.app, ...(await answer(figures, reader.app)) };
      return await reply.header('cache-control', 'no-store').send(body);
    });
  }
  done();
}
