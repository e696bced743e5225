import { z } from 'zod';

import { errorCodes, TacitError } from '../../../schemas/errors.ts';

/** What a command line sends to the process that owns the data directory. */
export const controlRequest = z.object({ command: z.string(), options: z.record(z.string(), z.unknown()) });

/** What comes back, one JSON text a line; the last one is a result or an error. */
export const controlMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), step: z.string(), done: z.number(), total: z.number().optional() }),
  z.object({ kind: z.literal('note'), text: z.string() }),
  z.object({ kind: z.literal('row'), row: z.record(z.string(), z.unknown()) }),
  z.object({ kind: z.literal('result'), result: z.record(z.string(), z.unknown()) }),
  z.object({
    kind: z.literal('error'),
    /** null: a fault that Tacit has no name for */
    code: z.enum(errorCodes).nullable(),
    message: z.string(),
    stack: z.string().optional(),
  }),
]);

export type ControlMessage = z.infer<typeof controlMessage>;

export function messageFromError(error: unknown): ControlMessage {
  const known = error instanceof Error ? error : new Error(String(error));
  return {
    kind: 'error',
    code: error instanceof TacitError ? error.code : null,
    message: known.message,
    ...(known.stack === undefined ? {} : { stack: known.stack }),
  };
}

export function errorFromMessage(message: Extract<ControlMessage, { kind: 'error' }>): Error {
  const error =
    message.code === null ? new Error(message.message) : new TacitError(message.code, message.message);
  if (message.stack !== undefined) error.stack = message.stack;
  return error;
}
