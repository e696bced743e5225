import { describe, expect, it } from 'vitest';

import { defects } from '../../../pipelines/worlds/texts/defects.ts';
import { worldOf } from '../../unit/worlds/default-world.ts';
import { confusion } from './confusion.ts';
import { flagsOf, repliesOfWorld } from './world-replies.ts';

// The simulator's own planter in its own texts: its sound replies are many, so that precision at the world's share of
// defects (6 %) can be told.
const replies = repliesOfWorld(worldOf());

describe.each(['as sent', 'without finish reasons'])('defects planted by the simulator, %s', (title) => {
  const seen = title === 'as sent' ? replies : replies.map((reply) => ({ ...reply, finishReason: '' }));
  const flags = flagsOf(seen);

  it.each(['en', 'zh'] as const)('are dropped with precision and recall at least .95 in %s', (language) => {
    const results = confusion();
    for (const [index, reply] of seen.entries()) {
      if (reply.language === language) results.add(reply.truth, reply.text, flags[index] ?? []);
    }
    process.stdout.write(`${results.table(`planted by the simulator, ${language}, ${title}`)}\n`);
    process.stdout.write(
      `precision ${results.precision().toFixed(4)}, recall ${results.recall().toFixed(4)}\n`,
    );
    expect(results.precision(), results.wrong().join(' | ')).toBeGreaterThanOrEqual(0.95);
    expect(results.recall()).toBeGreaterThanOrEqual(0.95);
    for (const defect of defects) {
      expect
        .soft(results.recall(defect), `${defect}: ${results.missed(defect).join(' | ')}`)
        .toBeGreaterThanOrEqual(0.8);
    }
  });
});
