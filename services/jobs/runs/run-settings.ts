import { probePrompt, runRequest, type ProbePrompt, type RunRequest } from '../../../schemas/runs.ts';

/** What was put for a run, its prompts all in the long form. */
export interface RunSettings extends Omit<RunRequest, 'prompts'> {
  readonly prompts: readonly ProbePrompt[];
}

export function settingsFromRequest(request: RunRequest): RunSettings {
  return {
    ...request,
    prompts: request.prompts.map((prompt) => (typeof prompt === 'string' ? { prompt_id: prompt } : prompt)),
  };
}

/** As the warehouse keeps them. */
export function settingsFromJson(json: string): RunSettings {
  const stored = runRequest.parse(JSON.parse(json));
  return { ...stored, prompts: stored.prompts.map((prompt) => probePrompt.parse(prompt)) };
}
