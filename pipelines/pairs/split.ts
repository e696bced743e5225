import type { Split } from '../../schemas/provenance.ts';
import { unitFromText } from '../maths/hash-text.ts';

/**
 * The side of everything an annotator said: fixed for an app for ever, whatever else is in a dataset. The first 53
 * bits of MurmurHash3_x86_128 of `["<app>","<annotator>"]` as a fraction, below `testShare`: test.
 */
export function splitOfAnnotator(app: string, annotatorId: string, testShare: number): Split {
  return unitFromText(JSON.stringify([app, annotatorId])) < testShare ? 'test' : 'train';
}
