import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import { TacitError } from '../../schemas/errors.ts';
import type { KeyRing } from '../access/key-ring.ts';
import type { Figures } from './console-figures.ts';
import { readerFromKey } from './reader.ts';

interface ApiOptions {
  readonly figures: Figures;
  readonly keyRing: KeyRing;
}

type Answer = (figures: Figures, app: string, query: unknown) => Promise<object>;

const answers: Readonly<Record<string, Answer>> = {
  '/v1/stats': (figures, app) => figures.ingest(app),
  '/v1/cohorts': (figures, app) => figures.cohorts(app),
  '/v1/sessions': (figures, app) => figures.sessions(app),
  '/v1/effects': (figures, app, query) => figures.effects(app, effectsQuery.parse(query)),
  '/v1/datasets': async (figures, app) => ({ datasets: await figures.datasets(app) }),
};

const effectsQuery = z.object({ outcome: z.string().min(1).optional() });

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
      try {
        const body = { app: reader.app, ...(await answer(figures, reader.app, request.query)) };
        return await reply.header('cache-control', 'no-store').send(body);
      } catch (error) {
        if (error instanceof TacitError && error.code === 'misuse')
          return await reply.code(400).send({ code: error.code, message: error.message });
        throw error;
      }
    });
  }
  done();
}
