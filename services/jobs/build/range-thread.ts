import { parentPort } from 'node:worker_threads';

import { buffersOf } from './buffers-of.ts';
import { createRangeWork } from './range-work.ts';
import type { FactsOf, InputOf, OutputOf, Pass } from './range-work.ts';

type Message = { readonly pass: Pass; readonly facts: FactsOf<Pass> } | { readonly input: InputOf<Pass> };

/** A thread of `createCrew`: is told what to do, then answers each run of annotators with what it makes of it. */
let work: ((input: InputOf<Pass>) => OutputOf<Pass>) | undefined;
parentPort?.on('message', (message: Message) => {
  if ('pass' in message) {
    work = createRangeWork(message.pass, message.facts);
    return;
  }
  const output = work?.(message.input);
  parentPort?.postMessage(output, buffersOf(output));
});
