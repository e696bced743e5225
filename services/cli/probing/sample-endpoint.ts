import { z } from 'zod';

import { TacitError } from '../../../schemas/errors.ts';
import type { ProbeSetPrompt } from '../../../schemas/probe-set.ts';
import type { ProbeSampleBody } from '../../../schemas/runs.ts';

export interface EndpointOptions {
  /** Of an OpenAI-compatible server: `…/v1`, `…/v1/chat/completions` or `…/v1/completions`. */
  readonly endpoint: string;
  readonly model: string | undefined;
  /** Where the server asks for one. */
  readonly endpointKey: string | undefined;
  readonly samplesPerPrompt: number;
  readonly sampling: Readonly<Record<string, number>>;
  /** Prompts done and all of them. */
  readonly onProgress: (done: number, total: number) => void;
}

const concurrent = 4;
const patienceMs = 600_000;
const mostRequests = 4;

const completions = z.object({
  choices: z.array(
    z.object({
      text: z.string().optional(),
      message: z.object({ content: z.string().nullable() }).optional(),
      finish_reason: z.string().nullish(),
    }),
  ),
});

/**
 * Asks the server of a checkpoint for samples of each prompt. Servers that give fewer than `n` choices at once are
 * asked again.
 * @throws TacitError `not_running`, `misuse`
 */
export async function sampleEndpoint(
  prompts: readonly ProbeSetPrompt[],
  options: EndpointOptions,
): Promise<ProbeSampleBody[]> {
  const answers: ProbeSampleBody[][] = prompts.map(() => []);
  let [next, done] = [0, 0];
  const worker = async () => {
    for (let index = next++; index < prompts.length; index = next++) {
      const prompt = prompts[index];
      if (prompt) answers[index] = await samplesOf(prompt, options);
      done += 1;
      options.onProgress(done, prompts.length);
    }
  };
  await Promise.all(Array.from({ length: concurrent }, worker));
  return answers.flat();
}

async function samplesOf(prompt: ProbeSetPrompt, options: EndpointOptions): Promise<ProbeSampleBody[]> {
  const samples: ProbeSampleBody[] = [];
  for (let request = 0; samples.length < options.samplesPerPrompt; request += 1) {
    if (request === Math.max(mostRequests, options.samplesPerPrompt)) {
      throw new TacitError(
        'misuse',
        `${options.endpoint} gave ${samples.length} samples instead of ${options.samplesPerPrompt}`,
      );
    }
    for (const { text, message, finish_reason: reason } of await ask(
      prompt,
      options.samplesPerPrompt - samples.length,
      options,
    )) {
      samples.push({
        prompt_id: prompt.prompt_id,
        text: message?.content ?? text ?? '',
        ...(reason === null || reason === undefined ? {} : { finish_reason: reason }),
      });
    }
  }
  return samples.slice(0, options.samplesPerPrompt);
}

async function ask(
  { prompt }: ProbeSetPrompt,
  n: number,
  { endpoint, model, endpointKey, sampling }: EndpointOptions,
) {
  const address = /\/completions\/?$/.test(endpoint)
    ? endpoint
    : `${endpoint.replace(/\/$/, '')}/chat/completions`;
  const chat = /\/chat\/completions\/?$/.test(address);
  // A base model gets the conversation as text, and whose turn it is.
  const flat = `${prompt.map(({ role, content }) => `${role}: ${content}`).join('\n')}\nassistant:`;
  const body = {
    ...(model === undefined ? {} : { model }),
    n,
    ...sampling,
    ...(chat ? { messages: prompt } : { prompt: flat }),
  };
  let answer: Response;
  try {
    answer = await fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(endpointKey === undefined ? {} : { authorization: `Bearer ${endpointKey}` }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(patienceMs),
    });
  } catch (error) {
    throw new TacitError('not_running', `no answer from ${address}`, { cause: error });
  }
  if (!answer.ok) throw new TacitError('misuse', `${address} answered ${answer.status}`);
  const parsed = completions.safeParse(await answer.json().catch(() => undefined));
  if (!parsed.success || parsed.data.choices.length === 0) {
    throw new TacitError('misuse', `${address} does not answer as an OpenAI-compatible server: no choices`);
  }
  return parsed.data.choices;
}
