/**
 * Faults that the test server commits on command, sent to `POST /-/faults` as JSON; no real server has this path.
 * Those of the network are the work of a proxy before it, that of the process a signal.
 */
export interface ServerFaults {
  /** Inserts still to come that are applied, and whose answer is the end of the connection. */
  cutInsertAnswers: number;
  /** Only inserts into this table are cut; of every table where it is empty. */
  cutTable: string;
  /** Inserts still to come that are not applied and refused with this code. */
  refuseInserts: number;
  refuseCode: number;
  refuseName: string;
  /** How long every insert waits before it begins. */
  insertDelayMs: number;
}

/** How often each fault was committed. */
export interface FaultCounts {
  cut: number;
  refused: number;
}

export function noFaults(): ServerFaults {
  return {
    cutInsertAnswers: 0,
    cutTable: '',
    refuseInserts: 0,
    refuseCode: 243,
    refuseName: 'NOT_ENOUGH_SPACE',
    insertDelayMs: 0,
  };
}
