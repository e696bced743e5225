import { readFileSync } from 'node:fs';

import { expect } from 'vitest';

import { characterCardFromText } from '../../../pipelines/floor/character-card.ts';
import { testWithData } from '../../support/shared-data.ts';
import { flagsOf } from './world-replies.ts';
import type { FloorCheck } from '../../../pipelines/floor/floor-checks.ts';

interface Node {
  readonly role: string;
  readonly text: string;
  readonly replies?: readonly Node[];
}

/** An assistant that people wrote for: its disclaimers, refusals and lack of questions are no faults of character. */
const notOfAssistants = new Set<FloorCheck>(['breaks_character', 'refusal', 'no_hook', 'length_drift']);

// People wrote these replies as answers of an assistant, code and lists included; a few are truly cut, in another
// language or said twice, so that some drops are right.
testWithData('oasst_en_100_tree.jsonl', 'few real replies are dropped', (path) => {
  const card = characterCardFromText('You are Open Assistant, a helpful AI assistant. Language: English');
  const trees = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { prompt: Node }).prompt);
  const replies: {
    text: string;
    finishReason: string;
    previousReplies: string[];
    userText: string;
    card: typeof card;
    characterId: string;
  }[] = [];
  const walk = (node: Node, before: readonly string[], userText: string): void => {
    const isReply = node.role === 'assistant';
    if (isReply) {
      const previousReplies = before.slice(0, 3);
      replies.push({ text: node.text, finishReason: '', previousReplies, userText, card, characterId: '' });
    }
    for (const reply of node.replies ?? [])
      walk(reply, isReply ? [node.text, ...before] : before, isReply ? userText : node.text);
  };
  for (const tree of trees) walk(tree, [], '');
  const checks = flagsOf(replies).map((flags) =>
    flags
      .filter(({ level, check }) => level === 'drop' && !notOfAssistants.has(check))
      .map(({ check }) => check),
  );
  const dropped = checks.filter((found) => found.length > 0);
  const counts = Object.fromEntries(
    [...new Set(dropped.flat())].map((check) => [
      check,
      dropped.filter((found) => found.includes(check)).length,
    ]),
  );
  process.stdout.write(`OASST: ${dropped.length} of ${replies.length} dropped ${JSON.stringify(counts)}\n`);
  expect(replies.length).toBeGreaterThan(500);
  expect(dropped.length / replies.length).toBeLessThan(0.05);
});
