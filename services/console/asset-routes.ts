import { readFile } from 'node:fs/promises';

import type { FastifyInstance } from 'fastify';

const assets = [
  { name: 'console.css', type: 'text/css; charset=utf-8' },
  { name: 'console.js', type: 'text/javascript; charset=utf-8' },
  { name: 'icon.svg', type: 'image/svg+xml' },
];

/** The pages' own style, script and icon; nothing is loaded from another host. */
export async function assetRoutes(scope: FastifyInstance): Promise<void> {
  for (const { name, type } of assets) {
    const body = await readFile(new URL(`./assets/${name}`, import.meta.url));
    scope.get(`/assets/${name}`, (_request, reply) =>
      reply.header('cache-control', 'max-age=300').type(type).send(body),
    );
  }
}
