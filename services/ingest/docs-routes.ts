import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

import { ingestOpenApi } from '../../schemas/openapi.ts';

/** `/openapi.json`, and `/docs` that shows it. The page loads nothing from another host, and its policy says so. */
export async function addDocsRoutes(scope: FastifyInstance): Promise<void> {
  const document = ingestOpenApi();
  scope.get('/openapi.json', () => document);
  await scope.register(swagger, {
    mode: 'static',
    specification: { document: structuredClone(document) as never },
  });
  await scope.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: contentSecurityPolicy,
    // Without this the page asks a validator on the internet about the document.
    uiConfig: { validatorUrl: null },
  });
}

const contentSecurityPolicy = [
  "default-src 'self'",
  "base-uri 'self'",
  "frame-ancestors 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
].join('; ');
