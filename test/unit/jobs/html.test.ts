import { expect, test } from 'vitest';

import { html } from '../../../services/jobs/html.ts';
import { bars, table } from '../../../services/console/pages/parts.ts';

const hostile = `"><script>alert('x')</script>&`;

test('whatever is put into a page is escaped; HTML and lists of it stand', () => {
  const made = html`<p title="${hostile}">${hostile}${[html`<b>${1}</b>`, undefined]}</p>`.html;
  expect(made).toBe(
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;">&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;<b>1</b></p>',
  );
});

test('tables and bars escape labels', () => {
  const made = [
    table([{ head: hostile, cell: (row: string) => row }], [hostile], ''),
    bars([{ label: hostile, value: 3 }], hostile),
  ];
  for (const part of made) expect(part.html).not.toContain('<script');
});

test('an empty table says so, and no bars have no height', () => {
  expect(table([{ head: 'a', cell: () => '' }], [], 'Nothing yet.').html).toContain('Nothing yet.');
  expect(bars([{ label: 'a', value: 0 }], 'events').html).toContain('height="0"');
});
