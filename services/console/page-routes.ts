import type { FastifyInstance } from 'fastify';

import type { KeyRing } from '../access/key-ring.ts';
import type { Figures } from './console-figures.ts';
import type { Html } from '../jobs/html.ts';
import { cohortsPage } from './pages/cohorts-page.ts';
import { datasetPage } from './pages/dataset-page.ts';
import { datasetsPage } from './pages/datasets-page.ts';
import { ingestPage } from './pages/ingest-page.ts';
import { page } from './pages/layout.ts';
import { runPage } from './pages/run-page.ts';
import { runsPage } from './pages/runs-page.ts';
import { sessionsPage } from './pages/sessions-page.ts';
import { isLocal, readerFromKey, type Reader } from './reader.ts';

interface PageOptions {
  readonly figures: Figures;
  readonly keyRing: KeyRing;
}

interface Page {
  readonly path: string;
  readonly title: string;
  /** Entry of the menu that it belongs to, where that is not its path. */
  readonly under?: string;
  /** Whether it fetches itself again while it is looked at. */
  readonly live?: boolean;
  /** @returns undefined when there is nothing of that name */
  readonly body: (figures: Figures, app: string, id: string) => Promise<Html | undefined>;
}

const pages: readonly Page[] = [
  {
    path: '/',
    title: 'Ingest',
    live: true,
    body: async (figures, app) => ingestPage(await figures.ingest(app)),
  },
  {
    path: '/cohorts',
    title: 'Cohorts',
    body: async (figures, app) => cohortsPage(await figures.cohorts(app)),
  },
  {
    path: '/sessions',
    title: 'Sessions',
    body: async (figures, app) => sessionsPage(await figures.sessions(app)),
  },
  {
    path: '/datasets',
    title: 'Datasets',
    body: async (figures, app) => datasetsPage(app, await figures.datasets(app)),
  },
  {
    path: '/datasets/:id',
    title: 'Dataset',
    under: '/datasets',
    body: async (figures, app, id) => {
      const manifest = await figures.dataset(app, id);
      return manifest && datasetPage(manifest);
    },
  },
  {
    path: '/runs',
    title: 'Runs',
    live: true,
    body: async (figures, app) => runsPage(app, await figures.runs(app)),
  },
  {
    path: '/runs/:id',
    title: 'Run',
    under: '/runs',
    live: true,
    body: async (figures, app, id) => {
      const run = await figures.run(app, id);
      return run && runPage(run.detail, run.groups);
    },
  },
];

/** The pages, for readers at this machine and for those with a read key. */
export function pageRoutes(
  scope: FastifyInstance,
  { figures, keyRing }: PageOptions,
  done: () => void,
): void {
  for (const { path, title, under = path, live = false, body } of pages) {
    scope.get<{ Params: { id?: string }; Querystring: { app?: string } }>(path, async (request, reply) => {
      const { headers, socket } = request;
      const reader: Reader | undefined =
        readerFromKey(headers, keyRing) ?? (isLocal(headers, socket) ? { kind: 'local' } : undefined);
      if (!reader) return await reply.redirect('/login', 303);
      const apps = reader.kind === 'key' ? [reader.app] : await figures.apps();
      const app = appOf(request.query.app, apps);
      const content = await body(figures, app, request.params.id ?? '');
      if (!content) {
        reply.callNotFound();
        return await reply;
      }
      const signedIn = reader.kind === 'key' && reader.cookie;
      return await reply
        .header('cache-control', 'no-store')
        .type('text/html; charset=utf-8')
        .send(page({ path: under, title, live, app, apps, signedIn }, content));
    });
  }
  done();
}

/** The app asked for where it may be seen, else `default`, else the first. */
function appOf(asked: string | undefined, apps: readonly string[]): string {
  if (asked !== undefined && apps.includes(asked)) return asked;
  return apps.includes('default') ? 'default' : (apps[0] ?? 'default');
}
