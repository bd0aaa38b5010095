import type { Marks } from './marks.ts';

/** The fields of one record that has quotes or escapes. */
export interface ReadFields {
  readonly fields: readonly string[];
  /** Where its text ends, and where the next record begins. */
  readonly end: number;
  readonly stop: number;
  readonly lineCount: number;
  readonly unclosedField: number | null;
  readonly quoted: readonly boolean[];
  readonly strayQuotes: number;
}

/** The longest record; quotes that hold more are taken as never closed. */
const longestRecord = 2_000_000;

interface QuotedField {
  readonly value: string;
  /** Behind the closing quote. */
  readonly end: number;
  readonly strayQuotes: number;
  readonly lineBreaks: number;
}

/** Reads the fields of a record; null where the record goes on beyond the text and more of it is to come. */
type FieldReader = (text: string, start: number, isLast: boolean) => ReadFields | null;

/** Makes a reader of records that have quotes or escapes. */
export function createFieldReader(marks: Marks, expectedWidth: number): FieldReader {
  const { delimiter, quote, escape, isPadded } = marks;
  const isDoubled = escape === quote;
  const firstOfDelimiter = delimiter.charCodeAt(0);

  const isLineEnd = (code: number): boolean => code === 10 || code === 13;
  const isSpace = (code: number): boolean => (code === 32 || code === 9) && code !== firstOfDelimiter;
  const skipSpaces = (text: string, from: number): number => {
    let position = from;
    while (position < text.length && isSpace(text.charCodeAt(position))) position += 1;
    return position;
  };
  const lineEndFrom = (text: string, from: number): number => {
    for (let position = from; position < text.length; position += 1) if (isLineEnd(text.charCodeAt(position))) return position;
    return text.length;
  };
  const afterLineEnd = (text: string, end: number): number => (text.charCodeAt(end) === 13 && text.charCodeAt(end + 1) === 10 ? end + 2 : end + 1);
  const isEscaped = (text: string, at: number, from: number): boolean => {
    let count = 0;
    while (at - count - 1 >= from && text[at - count - 1] === escape) count += 1;
    return count % 2 === 1;
  };
  const unescape = (value: string): string => {
    if (isDoubled || escape === '' || !value.includes(escape)) return value;
    let result = '';
    let from = 0;
    for (let at = value.indexOf(escape); at !== -1; at = value.indexOf(escape, from)) {
      const after = value[at + 1] ?? '';
      const isMark = after !== '' && (after === escape || after === quote || delimiter.startsWith(after) || after === '\n' || after === '\r');
      result += value.slice(from, at) + (isMark ? after : escape + after);
      from = at + 1 + after.length;
    }
    return result + value.slice(from);
  };

  /** Whether the lines inside of quotes are rows of their own. */
  const swallowsRows = (text: string, open: number, close: number): boolean => {
    if (expectedWidth < 2) return false;
    const lines = text
      .slice(open, close)
      .split(/\r\n|\n|\r/)
      .slice(1, -1);
    if (lines.length < (expectedWidth >= 4 ? 1 : 2)) return false;
    return lines.every((line) => line.split(delimiter).length === expectedWidth);
  };

  const readQuoted = (text: string, open: number, start: number, isLast: boolean): QuotedField | 'unclosed' | 'more' => {
    let value = '';
    let from = open;
    let cursor = open;
    let strayQuotes = 0;
    let lineBreaks = 0;
    let counted = open;
    for (;;) {
      const at = text.indexOf(quote, cursor);
      if (at === -1 || at - start > longestRecord) return isLast || text.length - start > longestRecord ? 'unclosed' : 'more';
      if (!isDoubled && escape !== '' && isEscaped(text, at, from)) {
        cursor = at + 1;
        continue;
      }
      if (at + 1 >= text.length && !isLast) return 'more';
      if (text[at + 1] === quote) {
        value += `${unescape(text.slice(from, at))}${quote}`;
        from = cursor = at + 2;
        continue;
      }
      const after = skipSpaces(text, at + 1);
      if (after >= text.length && !isLast) return 'more';
      lineBreaks += countLineBreaks(text, counted, at);
      counted = at;
      if (after >= text.length || text.startsWith(delimiter, after) || isLineEnd(text.charCodeAt(after))) {
        if (lineBreaks > 0 && swallowsRows(text, open, at)) return 'unclosed';
        return { value: value + unescape(text.slice(from, at)), end: after, strayQuotes, lineBreaks };
      }
      // A quote that opens a field of a later line: the first one was never closed.
      const before = text.charCodeAt(at - 1);
      if (lineBreaks > 0 && (isLineEnd(before) || text.startsWith(delimiter, at - delimiter.length))) return 'unclosed';
      strayQuotes += 1;
      const end = lineEndFrom(text, after);
      if (end === text.length && !isLast) return 'more';
      if (closesLater(text, at + 1, end)) {
        value += unescape(text.slice(from, at + 1));
        from = cursor = at + 1;
        continue;
      }
      if (lineBreaks > 0) return 'unclosed';
      const delimited = text.indexOf(delimiter, after);
      const fieldEnd = delimited === -1 ? end : Math.min(delimited, end);
      // Words that go on after a space were never quoted: `"Go" was what he said`.
      if (after > at + 1) return { value: text.slice(open - quote.length, fieldEnd), end: fieldEnd, strayQuotes, lineBreaks };
      return { value: value + unescape(text.slice(from, at)) + text.slice(at + 1, fieldEnd), end: fieldEnd, strayQuotes, lineBreaks };
    }
  };

  /** Whether a quote of the same line closes the field, before another one opens the next. */
  const closesLater = (text: string, from: number, end: number): boolean => {
    for (let at = text.indexOf(quote, from); at !== -1 && at < end; at = text.indexOf(quote, at + 1)) {
      if (at - delimiter.length >= from && text.startsWith(delimiter, at - delimiter.length)) return false;
      const after = skipSpaces(text, at + 1);
      if (after >= end || text.startsWith(delimiter, after)) return true;
    }
    return false;
  };

  const endOfPlain = (text: string, from: number): number => {
    for (let position = from; position < text.length; position += 1) {
      const code = text.charCodeAt(position);
      if (isLineEnd(code)) return position;
      if (code === firstOfDelimiter && text.startsWith(delimiter, position)) return position;
      if (!isDoubled && escape !== '' && text[position] === escape) position += text.startsWith('\r\n', position + 1) ? 2 : 1;
    }
    return text.length;
  };

  return (text, start, isLast) => {
    const fields: string[] = [];
    const quoted: boolean[] = [];
    let lineBreaks = 0;
    let strayQuotes = 0;
    let position = start;
    for (;;) {
      const open = skipSpaces(text, position);
      if (quote !== '' && text.startsWith(quote, open)) {
        const field = readQuoted(text, open + quote.length, start, isLast);
        if (field === 'more') return null;
        if (field === 'unclosed') {
          const end = lineEndFrom(text, open);
          if (end === text.length && !isLast && text.length - start <= longestRecord) return null;
          const rest = text.slice(position, end).split(delimiter);
          const stop = Math.min(afterLineEnd(text, end), text.length);
          return { fields: [...fields, ...rest], end, stop, lineCount: lineBreaks + 1, unclosedField: fields.length, quoted, strayQuotes };
        }
        fields.push(field.value);
        quoted.push(true);
        lineBreaks += field.lineBreaks;
        strayQuotes += field.strayQuotes;
        position = field.end;
      } else {
        const end = endOfPlain(text, position);
        const value = text.slice(position, end);
        if (quote !== '' && value.includes(quote)) strayQuotes += 1;
        if (!isDoubled && escape !== '') lineBreaks += countLineBreaks(value, 0, value.length);
        fields.push(unescape(isPadded ? value.trim() : value));
        quoted.push(false);
        position = end;
      }
      if (position >= text.length) {
        if (!isLast) return null;
        return { fields, end: position, stop: position, lineCount: lineBreaks + 1, unclosedField: null, quoted, strayQuotes };
      }
      if (isLineEnd(text.charCodeAt(position))) {
        if (!isLast && position === text.length - 1) return null;
        const stop = afterLineEnd(text, position);
        return { fields, end: position, stop, lineCount: lineBreaks + 1, unclosedField: null, quoted, strayQuotes };
      }
      position += delimiter.length;
    }
  };
}

function countLineBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let position = from; position < to; position += 1) {
    const code = text.charCodeAt(position);
    if (code === 10 || (code === 13 && text.charCodeAt(position + 1) !== 10)) count += 1;
  }
  return count;
}
