import type { Split } from '../../schemas/provenance.ts';
import { unitFromText } from '../maths/hash-text.ts';

/** Shares of annotators on the sides that nothing is trained on. Other ones move annotators. */
export interface SideShares {
  readonly test: number;
  readonly validation: number;
}

/**
 * The side of everything an annotator said: fixed for an app for ever, whatever else is in a dataset. The first 53
 * bits of MurmurHash3_x86_128 of `["<app>","<annotator>"]` as a fraction: below the test share test, below both
 * shares validation, else train.
 */
export function splitOfAnnotator(app: string, annotatorId: string, shares: SideShares): Split {
  const place = unitFromText(JSON.stringify([app, annotatorId]));
  if (place < shares.test) return 'test';
  return place < shares.test + shares.validation ? 'validation' : 'train';
}
