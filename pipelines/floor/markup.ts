/** Marks of which one of a pair is missing. */
export interface MarkupFaults {
  /** Quotes, beats, tags, fences. */
  readonly broken: number;
  /** Round and square brackets, which lists, smileys and faces also use. */
  readonly brackets: number;
}

const none: MarkupFaults = { broken: 0, brackets: 0 };

/**
 * Counts unpaired marks. Not faults: a quote left open at the end of a paragraph when the next paragraph opens one
 * too, list bullets, scene breaks, censored words, inches, smileys and kaomoji, dialogue dashes.
 */
export function markupFaults(text: string): MarkupFaults {
  if (isPlainlyPaired(text)) return none;
  const plain = withoutFaces(text);
  return {
    broken:
      Number(hasOpenBeat(plain) && hasOpenBeat(plain.replace(starredFace, ''))) +
      Number(hasOpenQuote(plain, '"', '"')) +
      Number(!plain.includes('„') && hasOpenQuote(plain, '“', '”')) +
      Number(hasOpenQuote(plain, '「', '」')) +
      Number(hasOpenQuote(plain, '『', '』')) +
      Number(hasOpenTag(plain)) +
      Number(plain.includes('```') && plain.split('```').length % 2 === 0),
    brackets: Number(bracketsDiffer(plain, /[(（]/g, /[)）]/g)) + Number(bracketsDiffer(plain, /【/g, /】/g)),
  };
}

/** One look over the text, enough for nearly all: every mark has its partner, in order. */
function isPlainlyPaired(text: string): boolean {
  let quotes = 0;
  let stars = 0;
  let curly = 0;
  let corner = 0;
  let white = 0;
  let round = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if ((code > 0x60 && code < 0x7b) || code === 0x20) continue;
    if (code === 0x22) quotes += 1;
    else if (code === 0x2a) {
      if (text.charCodeAt(at + 1) === 0x2a) return false;
      stars += 1;
    } else if (code === 0x28 || code === 0xff08) round += 1;
    else if (code === 0x29 || code === 0xff09) round -= 1;
    else if (code === 0x3c || code === 0x60 || code === 0x201e || code === 0x3010 || code === 0x3011)
      return false;
    else if (code === 0x201c) curly += 1;
    else if (code === 0x201d) curly -= 1;
    else if (code === 0x300c) corner += 1;
    else if (code === 0x300d) corner -= 1;
    else if (code === 0x300e) white += 1;
    else if (code === 0x300f) white -= 1;
    if (round < 0 || curly < 0 || curly > 1 || corner < 0 || corner > 1 || white < 0 || white > 1)
      return false;
  }
  return quotes % 2 === 0 && stars % 2 === 0 && round === 0 && curly === 0 && corner === 0 && white === 0;
}

const face =
  /[(（][^()（）\n]{0,14}[^\p{L}\p{N}\s"“”'‘’「」*.,!?;:…—\-，。！？、；：()（）][^()（）\n]{0,14}[)）]|\*[^\p{L}\p{N}\s"“”「」()（）*<>.,!?，。！？]{1,8}\*?|[^\p{L}\p{N}\s"“”「」『』()（）*<>.,!?…—\-，。！？、~～'’：:]\*|[:;=8xX]['’]?[-^o]?[)(DPp*]+|[)(]+[-^]?[:;=]|\\[*"_`]/gu;
const listMark = /^[^\S\n]*(?:[*+-] |(?:\d{1,2}|[A-Za-z一二三四五六七八九十])[)）])/gmu;
const starred = /^\s*(?:\*\s*){3,}$|\*{4,}|(?<=[A-Za-z0-9])\*+(?=[A-Za-z0-9])/gmu;
/** A star that twinkles behind a face, where it closes nothing. */
const starredFace = /[)）][~～]*\*/g;
const inches = /(?<=\d)"(?!\w)/g;

function withoutFaces(text: string): string {
  let plain = text;
  if (/[*(（)）:;=\\]/.test(plain)) plain = plain.replace(face, '').replace(listMark, '');
  if (plain.includes('*')) plain = plain.replace(starred, '');
  if (plain.includes('"')) plain = plain.replace(inches, '');
  return plain;
}

function hasOpenBeat(text: string): boolean {
  if (!text.includes('*')) return false;
  const open: number[] = [];
  for (const stars of text.match(/\*+/g) ?? []) {
    const { length } = stars;
    if (open.at(-1) === length) open.pop();
    else if (length === 3 && open.length === 2) open.length = 0;
    else open.push(length);
  }
  // "*their" alone is how people correct a typing error.
  return (
    open.length > 0 &&
    !(open.length === 1 && /^\*(?:[\w'’.]+(?: [\w'’.]+)?|[^\x00-\x7f]{1,3})$/.test(text.trim()))
  );
}

function hasOpenQuote(text: string, opening: string, closing: string): boolean {
  if (!text.includes(opening) && !text.includes(closing)) return false;
  const paragraphs = text.split('\n').filter((paragraph) => paragraph.trim() !== '');
  let carried = false;
  for (const paragraph of paragraphs) {
    let open: boolean = carried && !paragraph.trimStart().startsWith(opening);
    for (const mark of paragraph) {
      if (mark === closing && (open || opening !== closing)) {
        if (!open) return true;
        open = false;
      } else if (mark === opening) {
        if (open) return true;
        open = true;
      }
    }
    carried = open;
  }
  return carried;
}

const tags =
  /<(\/?)(i|b|u|s|em|strong|p|div|span|font|center|h[1-6]|li|ul|ol|a|blockquote|code|pre|q|small|sup|sub)(?:\s[^<>]{0,80})?>/gi;

function hasOpenTag(text: string): boolean {
  if (!text.includes('<')) return false;
  const open: string[] = [];
  for (const [, slash, name = ''] of text.matchAll(tags)) {
    if (slash === '') open.push(name.toLowerCase());
    else if (open.pop() !== name.toLowerCase()) return true;
  }
  return open.length > 0;
}

function bracketsDiffer(text: string, opening: RegExp, closing: RegExp): boolean {
  return (text.match(opening)?.length ?? 0) !== (text.match(closing)?.length ?? 0);
}
