import { ChildFailure } from '../failure.ts';
import { createFieldReader, type ReadFields } from './fields.ts';
import { splitPlain, type Marks } from './marks.ts';

/** A row of a text, as far as its marks tell: nothing is known of columns yet. */
export interface TextRecord {
  /** A ruler is a line that only draws: `-----+----`. A skipped line was not looked at. */
  readonly kind: 'row' | 'blank' | 'comment' | 'ruler' | 'skipped';
  /** Its values, without quotes and escapes. */
  readonly fields: readonly string[];
  /** Its first line, counted from 1. */
  readonly line: number;
  readonly lineCount: number;
  /** The text of its lines, without the last line end. */
  readonly raw: string;
  /** Which field opens a quote that is never closed; null where all is well. */
  readonly unclosedField: number | null;
  /** Which fields stood in quotes; null where none did. */
  readonly quoted: readonly boolean[] | null;
  /** How many quotes stood where none should stand, and were kept as text or dropped after a closing one. */
  readonly strayQuotes: number;
}

/** With more, a file is no table; and what is not read to its end yet is held in memory. */
const longestLine = 32_000_000;

/** Splits a text, piece by piece, into records. */
export interface Tokenizer {
  /**
   * Takes a piece, and gives every record that is complete.
   *
   * @param isLast whether the text ends with this piece
   * @param takePlain is offered lines that are rows as they are, with the expected number of fields and no quotes; what it returns false
   *   for is given to `take`
   */
  push(text: string, isLast: boolean, take: (record: TextRecord) => void, takePlain?: TakePlain): void;
}

/** Takes a line that is a row as it is; false where it wants the record. */
export type TakePlain = (raw: string, line: number) => boolean;

/** The record of a line without quotes and escapes. */
export function plainRecord(raw: string, line: number, delimiter: string): TextRecord {
  return { kind: 'row', fields: raw.split(delimiter), line, lineCount: 1, raw, unclosedField: null, quoted: null, strayQuotes: 0 };
}

/**
 * Makes a tokenizer that survives whatever stands in a file. A quote that is never closed costs one line, not the rest of the file: it is
 * known by lines inside of the quotes that are rows of their own.
 *
 * Texts may be proper ones, or such of which every character is a byte; the marks must be written in the same way.
 *
 * @param expectedWidth how many fields most rows have; 0 where that is not known yet
 * @param skippedLines how many lines at the beginning are handed on as they are
 */
export function createTokenizer(marks: Marks, expectedWidth: number, skippedLines = 0): Tokenizer {
  let window = '';
  let line = 1;
  const { quote, escape, comment, delimiter, isPadded } = marks;
  const readFields = createFieldReader(marks, expectedWidth);
  const isBlank = (text: string): boolean => text === '' || (/^[ \t\u00a0\ufeff\u001a]+$/.test(text) && !text.includes(delimiter));
  const hasExpectedWidth = (text: string): boolean => {
    let count = 1;
    for (let at = text.indexOf(delimiter); at !== -1; at = text.indexOf(delimiter, at + delimiter.length)) count += 1;
    return count === expectedWidth;
  };

  return {
    push(text, isLast, take, takePlain) {
      window = window === '' ? text : window + text;
      let position = 0;
      // Where the next of each stands; looked for again only when the reading has passed it.
      const next = { feed: -2, carriage: -2, quote: -2, escape: -2 };
      const find = (key: keyof typeof next, mark: string): number => {
        const known = next[key];
        if (known === Infinity || known >= position) return known;
        const found = mark === '' ? -1 : window.indexOf(mark, position);
        return (next[key] = found === -1 ? Infinity : found);
      };
      while (position < window.length) {
        const carriage = find('carriage', '\r');
        const end = Math.min(find('feed', '\n'), carriage, window.length);
        // A carriage return at the end of a piece may be one half of a line end.
        if (!isLast && (end === window.length || (end === carriage && end === window.length - 1))) break;
        const stop = end === carriage && window.charCodeAt(end + 1) === 10 ? end + 2 : Math.min(end + 1, window.length);
        const raw = window.slice(position, end);
        // Letters and digits begin neither a blank line nor a ruler.
        const isOrdinary =
          raw.charCodeAt(0) > 47 && raw.charCodeAt(0) < 127 && raw.charCodeAt(0) !== 58 && raw.charCodeAt(0) !== 61 && raw.charCodeAt(0) !== 124;
        const isUnmarked = find('quote', quote) >= end && (escape === quote || find('escape', escape) >= end);
        if (isUnmarked && isOrdinary && takePlain !== undefined && !isPadded && line > skippedLines && expectedWidth > 1) {
          if ((comment === '' || !raw.startsWith(comment)) && hasExpectedWidth(raw) && takePlain(raw, line)) {
            line += 1;
            position = stop;
            continue;
          }
        }
        const plain = { line, lineCount: 1, raw, unclosedField: null, quoted: null, strayQuotes: 0 };
        if (line <= skippedLines) {
          take({ ...plain, kind: 'skipped', fields: [raw] });
        } else if (comment !== '' && raw.trimStart().startsWith(comment)) {
          take({ ...plain, kind: 'comment', fields: [raw] });
        } else if (!isOrdinary && isBlank(raw)) {
          take({ ...plain, kind: 'blank', fields: [''] });
        } else if (!isOrdinary && /^[\s|+]*(-{3,}|={3,}|:-+)[-+=|:\s]*$/.test(raw)) {
          take({ ...plain, kind: 'ruler', fields: [raw] });
        } else if (isUnmarked) {
          take({ ...plain, kind: 'row', fields: splitPlain(raw, marks) });
        } else {
          const read: ReadFields | null = readFields(window, position, isLast);
          if (read === null) break;
          const { fields, end: recordEnd, stop: recordStop, lineCount, unclosedField, quoted, strayQuotes } = read;
          take({ kind: 'row', fields, line, lineCount, raw: window.slice(position, recordEnd), unclosedField, quoted, strayQuotes });
          line += lineCount;
          position = recordStop;
          continue;
        }
        line += 1;
        position = stop;
      }
      window = window.slice(position);
      if (window.length > longestLine) {
        throw new ChildFailure(
          'UNSUPPORTED_FILE',
          `Line ${line} of the file is longer than ${longestLine / 1_000_000} MB: it is no table of text, or one without line ends.`,
        );
      }
    },
  };
}

/** All records of a text that is at hand as a whole. */
export function recordsOf(text: string, marks: Marks, expectedWidth: number): readonly TextRecord[] {
  const records: TextRecord[] = [];
  createTokenizer(marks, expectedWidth).push(text, true, (record) => records.push(record));
  return records;
}
