import { createHash } from 'node:crypto';

import { evalSeedsFromFile } from '../../../pipelines/pairs/contamination-seeds.ts';
import { createContaminationCheck } from '../../../pipelines/pairs/contamination.ts';
import { documentOfReply } from '../../../pipelines/pairs/near-duplicates-document.ts';
import { textSignature } from '../../../pipelines/pairs/near-duplicates.ts';
import type { PairDraft } from '../../../pipelines/pairs/pairs-from-history.ts';

/** A file of texts that must not be trained on. */
export interface Evaluation {
  readonly name: string;
  readonly content: string;
}

/** Names the files by what is in them. */
export const evaluationHashes = (evaluations: readonly Evaluation[]) =>
  evaluations.map(({ content }) => createHash('sha256').update(content).digest('hex')).sort();

/** Whether a pair's card, or the end of its conversation with one of its replies, holds a text of an evaluation. */
export function contaminationOf(evaluations: readonly Evaluation[]) {
  if (evaluations.length === 0) return () => false;
  const seedOf = createContaminationCheck(
    evaluations.flatMap(({ name, content }) => evalSeedsFromFile(name, content)),
  );
  const cards = new Map<string, boolean>();
  const isSeed = (text: string) => seedOf(textSignature(text)) !== null;
  return ({ prompt, chosen, rejected }: Pick<PairDraft, 'prompt' | 'chosen' | 'rejected'>): boolean => {
    const card = prompt[0]?.role === 'system' ? prompt[0].content : '';
    const cardHolds = cards.get(card) ?? (card !== '' && isSeed(card));
    cards.set(card, cardHolds);
    return cardHolds || [chosen, rejected].some((reply) => isSeed(documentOfReply(prompt, reply)));
  };
}
