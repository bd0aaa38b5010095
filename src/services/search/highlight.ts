import { editDistance } from '../../base/edit-distance.ts';
import { fold, wordsOf, type Word } from './words.ts';

/** A stretch of a text, in UTF-16 units. */
export interface TextMark {
  readonly start: number;
  readonly end: number;
}

/** A piece of a text with the words marked that were looked for. */
export interface MarkedText {
  readonly text: string;
  readonly marks: readonly TextMark[];
}

/** How many characters of a text are shown. */
const excerptLength = 240;

/** Whether two words are the same but for a typing error or two. */
function isNear(one: string, other: string): boolean {
  if (one.length < 4 || other.length < 4 || Math.abs(one.length - other.length) > 2) return false;
  return editDistance(one, other) <= (one.length < 8 ? 1 : 2);
}

/**
 * Words of a text that may match a query by their stem: stems keep the beginning of a word.
 *
 * @param wanted the words of the query, folded
 */
export function mayMatch(word: string, wanted: readonly string[]): boolean {
  return wanted.some((other) => word.slice(0, 2) === other.slice(0, 2));
}

/** Where the piece begins that holds the most marked words. */
function bestStart(found: readonly Word[]): number {
  let best = 0;
  let most = 0;
  for (const [index, word] of found.entries()) {
    const within = found.slice(index).findIndex((other) => other.end > word.start + excerptLength);
    const count = within === -1 ? found.length - index : within;
    if (count > most) [best, most] = [word.start, count];
    if (within === -1) break;
  }
  return best;
}

/**
 * The piece of a text that shows best why it was found.
 *
 * @param isMatch whether a folded word was looked for
 */
export function excerptOf(text: string, isMatch: (folded: string) => boolean): MarkedText {
  const words = wordsOf(text);
  const found = words.filter((word) => isMatch(fold(word.text)));
  const lead = Math.max(0, bestStart(found) - 40);
  const start = text.length <= excerptLength ? 0 : (words.find((word) => word.start >= lead)?.start ?? 0);
  const isCut = text.length > start + excerptLength;
  const end = isCut ? (words.findLast((word) => word.end <= start + excerptLength && word.end > start)?.end ?? start + excerptLength) : text.length;
  const before = start > 0 ? '…' : '';
  const shift = before.length - start;
  const marks = found.filter((word) => word.start >= start && word.end <= end).map((word) => ({ start: word.start + shift, end: word.end + shift }));
  return { text: `${before}${text.slice(start, end)}${isCut ? '…' : ''}`, marks };
}

/** Whether a folded word is one of the query's but for a typing error. */
export function nearestOf(wanted: readonly string[]): (folded: string) => boolean {
  return (folded) => wanted.some((other) => isNear(folded, other));
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);

/** The same as HTML: everything is escaped, and the only tag is `<mark>`. */
export function htmlOf({ text, marks }: MarkedText): string {
  let html = '';
  let place = 0;
  for (const { start, end } of marks) {
    html += `${escaped(text.slice(place, start))}<mark>${escaped(text.slice(start, end))}</mark>`;
    place = end;
  }
  return html + escaped(text.slice(place));
}
