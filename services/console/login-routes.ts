import type { FastifyInstance, FastifyReply } from 'fastify';

import type { KeyRing } from '../access/key-ring.ts';
import { html } from '../jobs/html.ts';
import { barePage } from './pages/layout.ts';
import { readerCookie } from './reader.ts';

/** `/login` takes a read key from people who are not at this machine; `/logout` forgets it. */
export function loginRoutes(
  scope: FastifyInstance,
  { keyRing }: { keyRing: KeyRing },
  done: () => void,
): void {
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 4_096 },
    (_request, body, parsed) => {
      parsed(null, new URLSearchParams(String(body)));
    },
  );

  scope.get('/login', (_request, reply) => sendForm(reply, 200));

  scope.post('/login', async (request, reply) => {
    const key = request.body instanceof URLSearchParams ? (request.body.get('key') ?? '').trim() : '';
    if (keyRing.authenticate(key)?.scope !== 'read') return await sendForm(reply, 401);
    return await reply
      .header('set-cookie', readerCookie(key, request.protocol === 'https'))
      .redirect('/', 303);
  });

  scope.post('/logout', (request, reply) =>
    reply.header('set-cookie', readerCookie('', request.protocol === 'https')).redirect('/login', 303),
  );
  done();
}

async function sendForm(reply: FastifyReply, status: 200 | 401): Promise<FastifyReply> {
  const fault = status === 401 ? html`<p class="warn">That is no key with the scope read.</p>` : undefined;
  const body = html`<p>
      From another machine these pages need a key of the app with the scope <code>read</code>:
    </p>
    <pre>tacit keys create --app NAME --scope read</pre>
    ${fault}
    <form method="post" action="/login">
      <label for="key">Read key</label>
      <input id="key" name="key" type="password" autocomplete="off" required />
      <button>Look</button>
    </form>`;
  return await reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(barePage('Sign in', body));
}
