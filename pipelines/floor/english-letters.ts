import { script } from './scan-text.ts';
import { wordMark } from './word-marks.ts';
import type { ScannedText } from './scan-text.ts';

/**
 * -ln P(next letter | letter), rounded, 9 and more as 9; first row and column are the edge of a word. Counted in
 * 3.1 million letters of English prose (manuals and licences).
 */
const surprise =
  '923333344355334336332453748' +
  '284348549474232949222446648' +
  '236551788339257369245278738' +
  '327472892383368279352368968' +
  '136642778278376379547478859' +
  '135334456588442745234745459' +
  '137673398298497199353399949' +
  '148582643299463469345387967' +
  '228981889299766389454699969' +
  '443343349795341248422849595' +
  '526561977694786376726349898' +
  '126861557298684469535696979' +
  '236742568296278359643356938' +
  '214951879398536229747489969' +
  '138323427485565369732459959' +
  '254435359555432439243244789' +
  '228742764396268239252378949' +
  '489998989699599978656057999' +
  '236441547294544368433466939' +
  '148482774396566347632376959' +
  '138552691298578269344495949' +
  '344443549398232639222889799' +
  '329781989299965499858679989' +
  '228872982198694399348897999' +
  '127352697298849729752689657' +
  '066685879499654249534975987' +
  '228871787277468378658586745';

/** Windows this wide are judged: long enough for a verdict, short enough to find one bad sentence. */
const windowWords = 8;

/** One word of English may be there by chance: such a stretch must be stranger. */
const discount = 25;

const nats = Uint8Array.from(surprise, Number);
/** What the last words are, one behind the other in a ring; a word's sum is -1 until it is asked for. */
const places = new Int32Array(windowWords);
const sums = new Int32Array(windowWords);
const letters = new Int32Array(windowWords);
const common = new Uint8Array(windowWords);

/**
 * How strange the strangest stretch of eight Latin words is, as English, in hundredths of a nat a letter; 0 for shorter
 * texts. Prose stays under 330, shuffled letters reach 400 and more. Nearly every stretch of prose has words of English:
 * only the letters of the others are looked at.
 */
export function letterSurprise(scan: ScannedText): number {
  const { scripts, starts, ends, marks, count } = scan;
  let worst = 0;
  let known = 0;
  let words = 0;
  for (let i = 0; i < count; i += 1) {
    if (scripts[i] !== script.latin) continue;
    const place = words % windowWords;
    if (words >= windowWords) known -= common[place] ?? 0;
    const isKnown = (ends[i] ?? 0) - (starts[i] ?? 0) > 1 ? (marks[i] ?? 0) & wordMark.english : 0;
    places[place] = i;
    sums[place] = -1;
    common[place] = isKnown;
    known += isKnown;
    words += 1;
    if (words < windowWords || known > 1) continue;
    const strange = strangeness(scan);
    worst = Math.max(worst, known === 0 ? strange : strange - discount);
  }
  return worst;
}

/** Of the words in the ring. */
function strangeness(scan: ScannedText): number {
  let [sum, length] = [0, 0];
  for (let place = 0; place < windowWords; place += 1) {
    if ((sums[place] ?? 0) < 0) addWord(scan, place);
    sum += sums[place] ?? 0;
    length += letters[place] ?? 0;
  }
  return Math.round((100 * sum) / length);
}

function addWord({ lower, starts, ends }: ScannedText, place: number): void {
  const i = places[place] ?? 0;
  const end = ends[i] ?? 0;
  let own = 0;
  let size = 1;
  let before = 0;
  for (let at = starts[i] ?? 0; at < end; at += 1) {
    const letter = lower.charCodeAt(at) - 0x60;
    if (letter < 1 || letter > 26) continue;
    own += nats[before * 27 + letter] ?? 0;
    size += 1;
    before = letter;
  }
  sums[place] = own + (nats[before * 27] ?? 0);
  letters[place] = size;
}
