import type { VerdictAction } from '../../../schemas/runs.ts';
import { html, type Html } from '../../jobs/html.ts';

const signs = { continue: '●', warn: '▲', stop: '■' } as const;

/** A verdict as a sign and its word: never by colour alone. */
export function verdictMark(action: VerdictAction): Html {
  return html`<span class="verdict ${action}"
    ><span aria-hidden="true">${signs[action]}</span> ${action}</span
  >`;
}
