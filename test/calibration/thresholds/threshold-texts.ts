import { drawIndex, drawOne } from '../../../pipelines/maths/draws.ts';
import type { Random } from '../../../pipelines/maths/random.ts';

const nouns =
  'lantern harbour river silver ember winter story garden promise window shadow thunder velvet copper market island orchard secret letter mirror candle ribbon castle meadow pocket whisper journey kitchen bridge feather compass anchor basket violin marble tavern curtain forest glacier saddle turnip beacon cradle lattice morning needle oyster pepper quarry rafter saffron tunnel umbrella valley walnut zephyr'.split(
    ' ',
  );
const adjectives =
  'old bright patient crooked gentle hidden narrow golden weary curious broken distant'.split(' ');
const verbs = 'lifts turns hides follows opens mends watches carries studies folds gathers traces'.split(' ');

/** A reply of three to six sentences that ends on the user. */
export function replyText(random: Random): string {
  const noun = () => drawOne(random, nouns);
  const adjective = () => drawOne(random, adjectives);
  const sentences = Array.from({ length: 2 + drawIndex(random, 4) }, () =>
    drawOne(random, [
      `*She ${drawOne(random, verbs)} the ${adjective()} ${noun()} beside the ${noun()}.*`,
      `"The ${adjective()} ${noun()} was never meant for the ${noun()}, and the ${noun()} knows it."`,
      `"Tell me, would you trade the ${noun()} for a ${adjective()} ${noun()}?"`,
    ]),
  );
  const hook = drawOne(random, [
    `"What will you do about the ${noun()}?"`,
    `*She waits for your answer, holding the ${noun()}.*`,
    `"Come with me to the ${noun()}, if you dare."`,
  ]);
  return [...sentences, hook].join(' ');
}

/** A reply with a defect. */
export function clumsyText(random: Random): string {
  const text = replyText(random);
  const words = text.split(' ');
  return drawOne(random, [
    "I'm sorry, but as an AI language model I cannot continue this roleplay.",
    `${words.slice(0, words.length / 2).join(' ')} the ${drawOne(random, nouns).slice(0, 3)}`,
    `${text} ${'"The lantern hides." '.repeat(7)}`,
    `${text.replace(' ', ' 我们 ')} 但是他说这不是真的`,
    Array.from({ length: 90 }, () => drawOne(random, 'abcdefghijklmnopqrstuvwxyz#@;'.split(''))).join(''),
  ]);
}

export function userText(random: Random): string {
  const deed = drawOne(random, ['take', 'ask about', 'look at', 'leave', 'follow']);
  return `I ${deed} the ${drawOne(random, adjectives)} ${drawOne(random, nouns)}.`;
}
