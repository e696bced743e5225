import { z } from 'zod';

import { TacitError } from '../../../schemas/errors.ts';
import type { JudgeSettings } from './judge-settings.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user';
  readonly content: string;
}

const completion = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string().nullable() }) })).min(1),
});

const attempts = 4;
const longestWaitMs = 30_000;

/**
 * Asks an OpenAI-compatible server. Tries again when it is busy or failing, as long as it asks for, at most 30 s.
 * @returns the text of the first choice
 * @throws TacitError `forbidden`: the server refuses the key; `misuse`: it refuses the request, or is none of its kind
 */
export async function chatCompletion(
  settings: JudgeSettings,
  messages: readonly ChatMessage[],
  sleep: (ms: number) => Promise<void>,
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await ask(settings, messages);
    if ('text' in outcome) return outcome.text;
    if (attempt === attempts) throw new TacitError('misuse', `the judge gives no answer: ${outcome.fault}`);
    await sleep(Math.min(longestWaitMs, outcome.waitMs ?? 500 * 2 ** attempt));
  }
}

type Outcome = { readonly text: string } | { readonly fault: string; readonly waitMs: number | undefined };

async function ask(settings: JudgeSettings, messages: readonly ChatMessage[]): Promise<Outcome> {
  const { endpoint, model, key, timeout_seconds } = settings;
  let response: Response;
  let body: string;
  try {
    response = await fetch(`${endpoint.replace(/\/+$/, '')}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({ model, messages, temperature: 0, seed: 1 }),
      signal: AbortSignal.timeout(1000 * timeout_seconds),
      redirect: 'error',
    });
    body = await response.text();
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error), waitMs: undefined };
  }
  if (response.status === 429 || response.status >= 500) {
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    return {
      fault: `HTTP ${response.status}`,
      waitMs: Number.isFinite(seconds) ? 1000 * seconds : undefined,
    };
  }
  if (response.status === 401 || response.status === 403) {
    throw new TacitError('forbidden', `the judge refuses the key (HTTP ${response.status})`);
  }
  if (!response.ok) throw new TacitError('misuse', `the judge refuses the request (HTTP ${response.status})`);
  return { text: textOf(body) };
}

function textOf(body: string): string {
  try {
    return completion.parse(JSON.parse(body)).choices[0]?.message.content ?? '';
  } catch (cause) {
    throw new TacitError('misuse', 'the judge does not answer as /chat/completions does', { cause });
  }
}
