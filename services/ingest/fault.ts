import type { RejectionCode } from '../../schemas/dead-letter.ts';

/** Why one event is not taken. The texts name what was expected and never repeat what was sent. */
export interface Fault {
  readonly code: RejectionCode;
  /** JSON pointer into the event; keys that the contract does not name appear as `*`. */
  readonly path: string;
  readonly message: string;
}

export const notAnObject: Fault = { code: 'invalid_json', path: '', message: 'an event is a JSON object' };
export const notJson: Fault = { code: 'invalid_json', path: '', message: 'this line is not JSON' };
export const notUtf8: Fault = { code: 'invalid_utf8', path: '', message: 'these bytes are not UTF-8' };
