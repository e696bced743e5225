import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';

import type { KeyRing } from '../access/key-ring.ts';

/** Who reads a page, and what they may see. */
export type Reader =
  /** A key with the scope `read`: its app alone. */
  | { readonly kind: 'key'; readonly app: string; readonly cookie: boolean }
  /** Somebody at this machine: every app. */
  | { readonly kind: 'local' };

export const cookieName = 'tacit_read_key';

/** The reader that a read key names, from the Authorization header or from the console's cookie. */
export function readerFromKey(headers: IncomingHttpHeaders, keyRing: KeyRing): Reader | undefined {
  const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  const cookie = new RegExp(`(?:^|; *)${cookieName}=([^;]+)`).exec(headers.cookie ?? '')?.[1];
  const text = bearer ?? cookie;
  const key = text === undefined ? undefined : keyRing.authenticate(text);
  return key?.scope === 'read' ? { kind: 'key', app: key.app, cookie: bearer === undefined } : undefined;
}

/**
 * Whether a request was typed at this machine. A name in the Host header other than the machine's own may be a
 * foreign page that had its name point here, and a forwarded request comes from somewhere else.
 */
export function isLocal(headers: IncomingHttpHeaders, socket: Pick<Socket, 'remoteAddress'>): boolean {
  const forwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some(
    (name) => headers[name] !== undefined,
  );
  const own = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(headers.host ?? '');
  return own && !forwarded && /^(127\.|::1$|::ffff:127\.)/.test(socket.remoteAddress ?? '');
}

/** The cookie that keeps a read key, or with an empty key forgets it. Scripts cannot read it, other sites not send it. */
export function readerCookie(key: string, secure: boolean): string {
  const lasts = key === '' ? 0 : 12 * 3_600;
  return `${cookieName}=${key}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${lasts}${secure ? '; Secure' : ''}`;
}
