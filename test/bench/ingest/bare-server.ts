import Fastify from 'fastify';

/** The yardstick: a fastify handler that reads the same JSON bodies and drops them. */
const server = Fastify({ bodyLimit: 16 * 1024 * 1024 });
server.post('/v1/events', (request, reply) => {
  const { events } = request.body as { events: unknown[] };
  return reply.code(202).send({ accepted: events.length, rejected: [], receipt: '' });
});
const address = await server.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${JSON.stringify({ address })}\n`);
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
