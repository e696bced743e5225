import { html, type Html } from '../../jobs/html.ts';

export interface PageFrame {
  readonly title: string;
  /** Path of the page, to mark it in the menu. */
  readonly path: string;
  readonly app: string;
  /** Other apps that the reader may look at. */
  readonly apps: readonly string[];
  /** Whether the page fetches itself again while it is looked at. */
  readonly live: boolean;
  /** Whether a key was given that can be forgotten again. */
  readonly signedIn: boolean;
}

export const menu = [
  { path: '/', title: 'Ingest' },
  { path: '/cohorts', title: 'Cohorts' },
  { path: '/sessions', title: 'Sessions' },
  { path: '/datasets', title: 'Datasets' },
  { path: '/runs', title: 'Runs' },
] as const;

export function page(frame: PageFrame, body: Html): string {
  const { title, path, app, apps, live, signedIn } = frame;
  const query = apps.length > 0 ? `?app=${encodeURIComponent(app)}` : '';
  const items = menu.map((item) =>
    item.path === path
      ? html`<a href="${item.path}${query}" aria-current="page">${item.title}</a>`
      : html`<a href="${item.path}${query}">${item.title}</a>`,
  );
  const whole = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${app} · Tacit</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/console.css">
<script type="module" src="/assets/console.js"></script>
</head>
<body>
<header>
<a class="name" href="/${query}">Tacit</a>
<nav>${items}<a href="/docs">API</a></nav>
${appChoice(path, app, apps)}
${signedIn ? html`<form method="post" action="/logout"><button>Forget key</button></form>` : undefined}
</header>
<main${live ? html` data-live="5000"` : undefined}>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
  return whole.html;
}

function appChoice(path: string, app: string, apps: readonly string[]): Html {
  if (apps.length < 2) return html`<span class="app">${app}</span>`;
  return html`<span class="app"
    >${apps.map((other) =>
      other === app
        ? html`<strong>${other}</strong> `
        : html`<a href="${path}?app=${encodeURIComponent(other)}">${other}</a> `,
    )}</span
  >`;
}

/** A page without a menu, for those who may not look yet. */
export function barePage(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Tacit</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/console.css" />
      </head>
      <body>
        <main class="narrow">
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `.html;
}
