/** How the fields of a text are told apart. Empty strings are marks that it does not use. */
export interface Marks {
  readonly delimiter: string;
  readonly quote: string;
  /** The quote itself where it is doubled inside of quotes; a backslash, or another character, where that stands before it. */
  readonly escape: string;
  /** What lines begin with that are no rows. */
  readonly comment: string;
  /** Whether spaces around fields belong to the marks: `a, b, c`. */
  readonly isPadded: boolean;
  /** Whether several delimiters in a row are one, as in columns that are aligned by spaces. */
  readonly isCollapsed: boolean;
}

/** How a mark is called in sentences for people. */
export function nameOfMark(mark: string): string {
  switch (mark) {
    case '\t':
      return 'tab';
    case ' ':
      return 'space';
    case '':
      return 'none';
    default:
      return /^[\u0000-\u001f\u007f]+$/.test(mark) ? [...mark].map((one) => `\\x${(one.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`).join('') : mark;
  }
}

/** The marks as they stand in a text of which every character is one byte of its UTF-8. */
export function marksInBytes(marks: Marks): Marks {
  const bytes = (text: string): string => Buffer.from(text).toString('latin1');
  return { ...marks, delimiter: bytes(marks.delimiter), quote: bytes(marks.quote), escape: bytes(marks.escape), comment: bytes(marks.comment) };
}

/** A text of which every character is one byte of UTF-8, as the text that it means. */
export function textOfBytes(bytes: string): string {
  return /[\u0080-\u00ff]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}

/** The fields of a line without quotes and escapes. */
export function splitPlain(line: string, { delimiter, isPadded, isCollapsed }: Marks): readonly string[] {
  if (isCollapsed) return line.trim().split(delimiter.length > 1 ? / {2,}/ : / +/);
  const fields = line.split(delimiter);
  return isPadded ? fields.map((field) => field.trim()) : fields;
}
