import { z } from 'zod';

import { TacitError } from '../../../schemas/errors.ts';

/** A file that somebody wrote: without it, and without `send_text` for the app, no text goes anywhere. */
export const judgeSettingsSchema = z.object({
  /** Of an OpenAI-compatible server, up to and with its version: `http://localhost:8000/v1`. */
  endpoint: z.url({ protocol: /^https?$/ }),
  model: z.string().min(1),
  /** Sent as a bearer token. */
  key: z.string().min(1).optional(),
  /** By which verdicts are stored; the model's name unless told. */
  name: z.string().min(1).optional(),
  timeout_seconds: z.number().positive().max(3600).default(120),
  apps: z.record(z.string(), z.object({ judge: z.object({ send_text: z.boolean() }) })),
});

export type JudgeSettings = z.infer<typeof judgeSettingsSchema>;

/**
 * @param json what the file holds
 * @throws TacitError `misuse`: not such a file; `forbidden`: the app's text may not be sent
 */
export function judgeSettingsFor(json: string, app: string): JudgeSettings {
  let written: unknown;
  try {
    written = JSON.parse(json);
  } catch (cause) {
    throw new TacitError('misuse', 'the settings of the judge are no JSON', { cause });
  }
  const read = judgeSettingsSchema.safeParse(written);
  if (!read.success) {
    const faults = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new TacitError('misuse', `the settings of the judge: ${faults.join('; ')}`);
  }
  if (read.data.apps[app]?.judge.send_text !== true) {
    throw new TacitError(
      'forbidden',
      `text of app ${app} may not be sent to a judge: its people must know, then set apps.${app}.judge.send_text to true`,
    );
  }
  return read.data;
}
