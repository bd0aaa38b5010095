import { shownRejectedRows, type RejectedRow } from '../../../base/reading.ts';
import { createTally, type Account } from './account.ts';
import { textOfBytes, type Marks } from './marks.ts';
import type { Shape } from './shape.ts';
import type { TextRecord } from './tokenizer.ts';
import { unwrapRecord } from './wrapped.ts';

/** What is read, and how. */
export interface Plan {
  /** In bytes. */
  readonly marks: Marks;
  readonly shape: Shape;
  /** The names of the columns, for rejected rows. */
  readonly names: readonly string[];
  readonly headerLines: readonly number[];
  readonly firstLine: number;
  readonly lastLine: number;
}

const mostLines = 20;
const longestText = shownRejectedRows.characters;
/** What DuckDB takes as one line, `max_line_size`, is a little more. */
const longestRow = 2_000_000;

/** Turns records into rows of the table, and accounts for all others. */
export interface Normaliser {
  /** The row as a line of plain CSV, or null where the record is none. */
  take(record: TextRecord): string | null;
  /** Takes a row that can be handed on as it is; false where it must be looked at. */
  takePlain(raw: string, line: number): boolean;
  /** Says which line is the last one of the table, before a record beyond it is given. */
  endAt(line: number): void;
  account(): Account;
}

/** The delimiter of the normalised text. */
export function plainDelimiter(marks: Marks): string {
  return marks.delimiter.length === 1 && marks.delimiter !== '"' ? marks.delimiter : ',';
}

/**
 * Makes a normaliser for one table of a file.
 *
 * @param plainWidth how many fields the rows have that are offered to `takePlain`
 */
export function createNormaliser(plan: Plan, plainWidth: number): Normaliser {
  const { marks, shape, names, headerLines, firstLine } = plan;
  let { lastLine } = plan;
  const delimiter = plainDelimiter(marks);
  const isAsItIs = delimiter === marks.delimiter && !marks.isPadded && !shape.dropsFirst && shape.width > 1;
  const needsQuotes = new RegExp(`["\\r\\n]|^\\s|\\s$|${delimiter.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
  const headers = new Set(headerLines);
  const firstRow = Math.max(firstLine, ...headerLines.map((line) => line + 1));
  const firstOfDelimiter = marks.delimiter.charCodeAt(0);
  let headerText: string | null = null;
  let rowCount = 0;
  let hasQuotes = false;
  const rejected: RejectedRow[] = [];
  const preamble: string[] = [];
  const footer: string[] = [];
  const counts = { rejected: 0, preamble: 0, footer: 0, header: 0, blank: 0, empty: 0, comment: 0, ruler: 0, continued: 0, trailing: 0 };
  const tallies = { short: createTally(), trimmed: createTally(), unwrapped: createTally(), stray: createTally(), emptyValues: createTally() };
  let blankRun: TextRecord[] = [];

  const quoted = (value: string): string => (needsQuotes.test(value) || (value === '' && shape.width === 1) ? `"${value.replaceAll('"', '""')}"` : value);
  const keep = (list: string[], record: TextRecord): void => {
    for (const line of record.raw.split(/\r\n|\n|\r/)) if (list.length < mostLines) list.push(textOfBytes(line).slice(0, longestText));
  };
  const reject = (record: TextRecord, column: number | null, reason: string): null => {
    counts.rejected += 1;
    counts.continued += record.lineCount - 1;
    if (rejected.length < shownRejectedRows.count) {
      const text = textOfBytes(record.raw.slice(0, longestText * 4)).slice(0, longestText);
      rejected.push({ line: record.line, column: column === null ? null : (names[column] ?? null), reason, text });
    }
    return null;
  };
  const settleBlanks = (where: 'table' | 'footer' | 'end'): void => {
    for (const blank of blankRun) {
      if (where === 'footer') {
        counts.footer += 1;
        keep(footer, blank);
      } else if (where === 'end') counts[blank.kind === 'row' ? 'empty' : 'trailing'] += 1;
      else counts.blank += 1;
    }
    blankRun = [];
  };

  const rowOf = (record: TextRecord): string | null => {
    if (record.unclosedField !== null) return reject(record, record.unclosedField, 'A quote is opened and never closed.');
    const isWrapped = shape.width > 1 && record.fields.length === 1 && record.quoted?.[0] === true;
    const unwrapped = isWrapped ? unwrapRecord(record, marks) : null;
    if (unwrapped !== null && unwrapped.fields.length >= shape.width) {
      tallies.unwrapped.add(record.line);
      return fitted(unwrapped);
    }
    return fitted(record);
  };
  const fitted = (record: TextRecord): string | null => {
    const fields = shape.dropsFirst ? record.fields.slice(1) : record.fields;
    const { width } = shape;
    if (fields.length > width && fields.slice(width).some((field) => field.trim() !== ''))
      return reject(record, null, tooMany(fields.length, width, marks.delimiter));
    if (width > 1 && fields.every((field) => field.trim() === '')) {
      counts.empty += 1;
      return null;
    }
    if (headerText !== null && record.raw === headerText && width > 1) return reject(record, null, 'The row repeats the header.');
    const text = textOf(record, fields);
    if (text.length > longestRow) return reject(record, null, `The row has ${text.length} bytes; at most ${longestRow} can be read.`);
    if (record.strayQuotes > 0) tallies.stray.add(record.line);
    rowCount += 1;
    hasQuotes ||= record.quoted?.includes(true) === true;
    counts.continued += record.lineCount - 1;
    if (fields.length > width && !(shape.dropsLast && fields.length === width + 1)) tallies.trimmed.add(record.line);
    if (fields.length < width) tallies.short.add(record.line);
    return text;
  };
  const textOf = (record: TextRecord, fields: readonly string[]): string => {
    if (isAsItIs && fields.length === shape.width && record.quoted === null && !record.raw.includes('"')) return `${record.raw}\n`;
    let text = '';
    for (let index = 0; index < shape.width; index += 1) text += `${index === 0 ? '' : delimiter}${quoted(fields[index] ?? '')}`;
    return `${text}\n`;
  };

  return {
    takePlain(raw, line) {
      if (
        !isAsItIs ||
        shape.width !== plainWidth ||
        raw.length >= longestRow ||
        line < firstRow ||
        line > lastLine ||
        blankRun.length > 0 ||
        raw === headerText
      )
        return false;
      if (raw.charCodeAt(0) === firstOfDelimiter || (marks.quote !== '"' && raw.includes('"'))) return false;
      rowCount += 1;
      return true;
    },
    endAt(line) {
      lastLine = line;
    },
    take(record) {
      const { line, lineCount } = record;
      if (headers.has(line)) {
        counts.header += lineCount;
        headerText ??= record.raw;
        hasQuotes ||= record.quoted?.includes(true) === true;
        blankRun = [];
        return null;
      }
      if (line < firstLine) {
        counts.preamble += lineCount;
        keep(preamble, record);
        return null;
      }
      const isEmpty = line > lastLine && record.kind === 'row' && record.fields.length > 1 && record.fields.every((field) => field.trim() === '');
      if (record.kind === 'blank' || isEmpty) {
        blankRun.push(record);
        return null;
      }
      if (line > lastLine) {
        settleBlanks('footer');
        counts.footer += lineCount;
        keep(footer, record);
        return null;
      }
      if (shape.width === 1) {
        for (const blank of blankRun) {
          tallies.emptyValues.add(blank.line);
          rowCount += 1;
        }
      }
      const values = shape.width === 1 ? '""\n'.repeat(blankRun.length) : '';
      if (shape.width === 1) blankRun = [];
      settleBlanks('table');
      if (record.kind === 'comment' || record.kind === 'ruler') {
        counts[record.kind] += 1;
        return values === '' ? null : values;
      }
      const row = rowOf(record);
      return row === null && values === '' ? null : values + (row ?? '');
    },
    account() {
      settleBlanks('end');
      return {
        rowCount,
        hasQuotes,
        rejectedCount: counts.rejected,
        rejected,
        preamble,
        preambleLineCount: counts.preamble,
        footer,
        footerLineCount: counts.footer,
        headerLineCount: counts.header,
        blankLineCount: counts.blank,
        emptyRowCount: counts.empty,
        commentLineCount: counts.comment,
        rulerLineCount: counts.ruler,
        continuedLineCount: counts.continued,
        trailingBlankCount: counts.trailing,
        short: tallies.short.result(),
        trimmed: tallies.trimmed.result(),
        unwrapped: tallies.unwrapped.result(),
        stray: tallies.stray.result(),
        emptyValues: tallies.emptyValues.result(),
      };
    },
  };
}

function tooMany(found: number, width: number, delimiter: string): string {
  const mark = delimiter === ',' ? ' A value that holds a comma must stand in quotes.' : '';
  return `The row has ${found} values; the table has ${width} ${width === 1 ? 'column' : 'columns'}.${mark}`;
}
