import { wordHash } from './word-hash.ts';

/** What a word in Latin letters tells, one bit each. */
export const wordMark = {
  /** A word that carries an English sentence: tells English from another Latin language and from noise. */
  english: 1,
  /** One that carries a Spanish, French, German, Italian or Portuguese sentence. */
  otherLatin: 2,
  you: 4,
  /** Said of speaking. */
  says: 8,
  /** What bodies and minds do; only looked at behind "you". */
  deed: 16,
  /** Said where somebody says that he is a machine, or that all is made up. */
  machine: 32,
  /** Said where a service turns a request down. */
  desk: 64,
  /** Labels of prompt templates. */
  template: 128,
} as const;

/** Words that carry a sentence. */
const english =
  "oh ah a an the and or but if so than then that this these those there here i you he she it we they me him her us them my your his its our their mine yours is am are was were be been being do does did done don't didn't doesn't have has had i'm i've i'll i'd you're you've you'll you'd it's that's there's he's she's we're they're can't won't couldn't wouldn't isn't wasn't can could will would shall should may might must not no yes of in on at to from by for with without about into over under after before behind between through during until while because since as like just only even still too very more most some any all every each both other another what which who whom whose when where why how up down out off away back again never always now one two let let's get got go goes went come comes came say says said know think see look want need make take";

const otherLatin =
  'el los las que y un una unos por con para está como pero su muy esta este yo tú eres soy más del al lo le se te sin sobre cuando porque le les des du une et est qui dans pour pas je tu il elle nous vous avec sur mais ne ce cette mon ton son ses sont suis aux où der das und ist nicht ich du er sie wir ihr ein eine einen mit auf für zu den dem sich auch wie aber von im bin hat noch nur il gli di che è non per sono più della nel mi ti ci questo anche não uma com mais você eu ele ela está são os isso meu minha em no na';

const ambiguous = new Set(
  'no me a as die in on do so he she y son su os per don con pour sin is la de im ton il mi ti na em mais ne lo se te will was'.split(
    ' ',
  ),
);

const says =
  'say says said whisper whispers whispered answer answers answered reply replies replied murmur murmurs murmured mutter mutters muttered admit admits admitted confess confesses confessed shout shouts shouted cry cries cried stammer stammers stammered ask asked agree agreed breathe sob plead laugh promise promised blurt blurted call exclaim exclaimed respond responded yell yelled sigh';
const deeds =
  'nod shrug blush gasp giggle chuckle tremble shiver flinch gulp swallow step lean reach take grab pick close open look walk turn sit stand smile sigh whisper agree decide realize realise promise begin start burst fall hand kiss hug wrap throw accept find can cannot follow feel hesitate tell wipe draw put raise lower shake bow kneel rise let';
const machine =
  'ai a.i llm chatbot bot assistant language model artificial computer program machine network openai anthropic google meta microsoft deepseek alibaba minimax mistral training knowledge programming developers chatgpt gpt claude gemini llama qwen fictional fiction simulated real made entertainment ooc character role outside';
const desk =
  'assist help comply complying fulfil fulfill continue continuing engage engaging generate generating create creating produce producing discuss discussing participate participating provide providing support write writing answer respond guidelines guideline policy policies principles programming terms standards inappropriate appropriate harmful explicit decline content safety ethical';

const slots = 4096;
const keys = new Int32Array(slots);
const values = new Uint8Array(slots);
for (const [hash, marks] of markedWords()) {
  let slot = slotOf(hash);
  while (values[slot] !== 0) slot = (slot + 1) % slots;
  keys[slot] = hash;
  values[slot] = marks;
}

/** @param hash of the word in lower case */
export function marksOfWord(hash: number): number {
  let slot = slotOf(hash);
  while (values[slot] !== 0) {
    if (keys[slot] === hash) return values[slot] ?? 0;
    slot = (slot + 1) % slots;
  }
  return 0;
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> 12)) & (slots - 1);
}

function markedWords(): Map<number, number> {
  const marks = new Map<number, number>();
  const mark = (words: string, bit: number) => {
    for (const word of words.split(' ')) marks.set(wordHash(word), (marks.get(wordHash(word)) ?? 0) | bit);
  };
  mark(english, wordMark.english);
  mark(
    otherLatin
      .split(' ')
      .filter((word) => !ambiguous.has(word))
      .join(' '),
    wordMark.otherLatin,
  );
  mark('you', wordMark.you);
  mark(says, wordMark.says);
  mark(deeds, wordMark.deed);
  mark(machine, wordMark.machine);
  mark(desk, wordMark.desk);
  mark('assistant human system undefined object user', wordMark.template);
  return marks;
}
