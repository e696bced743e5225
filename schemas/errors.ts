/**
 * Every failure that Tacit names. `docs/errors.md` lists the same codes with what to do; a test keeps both equal.
 */
export const errorCodes = [
  // engines
  'log_unavailable',
  'log_replaced',
  'log_gap',
  'record_too_large',
  'disk_full',
  'warehouse_unavailable',
  'warehouse_refused',
  'warehouse_unauthorized',
  'warehouse_version',
  'warehouse_write_failed',
  'migration_changed',
  // ownership and configuration
  'data_dir_owned',
  'not_running',
  'configuration',
  'pseudonym_key_mismatch',
  'port_in_use',
  // requests and commands
  'unauthorized',
  'forbidden',
  'misuse',
  'not_found',
  // analysis
  'anchor_negative',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** The one error class: a code from a closed list, whether trying again can help, and what else is known. */
export class TacitError extends Error {
  readonly code: ErrorCode;
  readonly retriable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { retriable?: boolean; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'TacitError';
    this.code = code;
    this.retriable = options.retriable ?? false;
    this.details = options.details ?? {};
  }
}
