import type { ReadingOptions } from '../../../base/reading.ts';
import { ChildFailure } from '../failure.ts';
import { isTyped, kindOf, mainKind } from './cell-kinds.ts';
import { nameOfMark, type Marks } from './marks.ts';
import { scoreMarks, type Score } from './score-marks.ts';

/** The marks of a text, and how sure they are. */
export interface FoundMarks {
  readonly marks: Marks;
  readonly width: number;
  readonly isWrapped: boolean;
  /** 0 to 1. */
  readonly confidence: number;
  /** The delimiter that fits nearly as well; null where none does. */
  readonly rival: string | null;
  readonly hasSeparatorLine: boolean;
}

const singleMarks = [',', ';', '\t', '|', ':', ' ', '^', '~', '\u001f', '\u0001', '\u001e', '\u00a6', '\u00a7', '\u00ac', '\u00fe'];
const doubleMarks = ['||', '::', ';;', '^^', '~~', '|~|', '~|~', '@@', '##', '<>', '$$', '%%'];
/** Stands for the delimiter of a text of one column: a control character that no text has. */
export const noDelimiter = '\u001d';
/** More rows do not tell more, and every reading of them takes time. */
const sampleCharacters = 131_072;

/** The first lines of a text, as many as are looked at. */
function sampleOf(head: string): string {
  if (head.length <= sampleCharacters) return head;
  const cut = head.slice(0, sampleCharacters);
  const end = Math.max(cut.lastIndexOf('\n'), cut.lastIndexOf('\r'));
  return end === -1 ? cut : cut.slice(0, end + 1);
}

function delimitersOf(sample: string): readonly string[] {
  const lines = sample
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(0, 300);
  const holding = (mark: string): number => lines.filter((line) => line.includes(mark)).length;
  const doubles = doubleMarks.filter((mark) => holding(mark) >= lines.length * 0.7 && lines.every((line) => !hasLoose(line, mark)));
  // Where every mark stands twice, one of them alone is none.
  const singles = singleMarks.filter((mark) => holding(mark) > 0 && !doubles.some((double) => double.includes(mark)));
  return [...doubles, ...singles];
}

/** Whether a part of a mark of several characters stands alone in a line. */
function hasLoose(line: string, mark: string): boolean {
  const rest = line.replaceAll(mark, '');
  return [...new Set(mark)].some((part) => rest.includes(part));
}

function quotesOf(sample: string, delimiter: string): readonly string[] {
  const before = (quote: string): boolean =>
    sample.split(/\r\n|\n|\r/, 2_000).some((line) => line.split(delimiter).some((field) => field.trimStart().startsWith(quote)));
  const double = sample.includes('"') ? ['"', ''] : ['"'];
  return before("'") ? [...double, "'"] : double;
}

function candidatesOf(sample: string, options: ReadingOptions, separator: string | null): readonly Marks[] {
  const found = delimitersOf(sample);
  const said = options.delimiter ?? separator;
  const delimiters = said === null ? [...found, noDelimiter] : [said];
  const aligned = said === null || said === ' ' ? alignedMarks(sample, options) : [];
  const candidates = delimiters.flatMap((delimiter) => {
    const quotes = options.quote === undefined ? quotesOf(sample, delimiter) : [options.quote];
    return quotes.flatMap((quote) => {
      const escapes = options.escape === undefined ? escapesOf(sample, delimiter, quote) : [options.escape];
      return escapes.map((escape) => ({ delimiter, quote, escape, comment: options.comment ?? '', isPadded: false, isCollapsed: false }));
    });
  });
  return [...candidates, ...aligned];
}

/** Columns that are aligned by spaces: by one at least, or by two where values hold single ones. */
function alignedMarks(sample: string, options: ReadingOptions): readonly Marks[] {
  const lines = sample.split(/\r\n|\n|\r/, 300).filter((line) => line.trim() !== '');
  if ((options.quote ?? '') !== '' || lines.filter((line) => /\S {2,}\S/.test(line)).length < lines.length * 0.5) return [];
  const marks = { quote: '', escape: '', comment: options.comment ?? '', isPadded: true, isCollapsed: true };
  return [
    { ...marks, delimiter: ' ' },
    { ...marks, delimiter: '  ' },
  ];
}

function escapesOf(sample: string, delimiter: string, quote: string): readonly string[] {
  const hasBackslash = sample.includes(`\\${delimiter}`) || (quote !== '' && sample.includes(`\\${quote}`)) || /\\(\n|\r)/.test(sample);
  return hasBackslash ? [quote, '\\'] : [quote];
}

/** The delimiter that a first line such as `sep=;` names; Excel writes and reads it. */
export function separatorLine(head: string): string | null {
  return /^"?sep=(.)"?[ \t,;]*(?:\r\n|\n|\r|$)/i.exec(head)?.[1] ?? null;
}

/**
 * Finds the marks of a text by trying all that could be.
 *
 * @param head the beginning of the text
 * @param options what a person said, which is taken as it is
 * @param hint the delimiter that the name of the file promises; it counts a little
 * @throws ChildFailure UNSUPPORTED_FILE when what a person said cannot be
 */
export function findMarks(head: string, options: ReadingOptions, hint: string | null): FoundMarks {
  const separator = separatorLine(head);
  const hasSeparatorLine = separator !== null;
  const body = hasSeparatorLine ? head.replace(/^[^\r\n]*(\r\n|\n|\r)?/, '') : head;
  const sample = sampleOf(withoutComments(body, options.comment));
  refuseImpossible(options);
  refuseAbsent(sample, options);
  const scores = candidatesOf(sample, options, separator)
    .map((marks) => scoreMarks(sample, marks))
    .map((score) => ({ ...score, score: score.score * (score.marks.delimiter === hint ? 1.4 : 1) }))
    .toSorted((one, other) => other.score - one.score);
  const [first] = scores;
  const isFree = options.delimiter === undefined && !hasSeparatorLine;
  const isOneColumn = isFree && first !== undefined && !first.isWrapped && (first.width === 1 || isColumnOfValues(sample, first.marks));
  const best = isOneColumn ? (scores.find((score) => score.marks.delimiter === noDelimiter) ?? first) : first;
  if (best === undefined) throw new ChildFailure('UNSUPPORTED_FILE', 'The file cannot be read as CSV.');
  const rival = scores.find(({ marks }) => marks.delimiter !== best.marks.delimiter);
  const marks: Marks = { ...best.marks, isPadded: best.marks.isCollapsed || isPadded(sample, best.marks) };
  const isSaid = options.delimiter !== undefined || hasSeparatorLine;
  const confidence = isSaid ? 1 : confidenceOf(best, rival);
  return {
    marks,
    width: best.width,
    isWrapped: best.isWrapped,
    confidence,
    rival: confidence < 0.6 ? (rival?.marks.delimiter ?? null) : null,
    hasSeparatorLine,
  };
}

/** Whether the lines are values of one kind under a name, which a delimiter would cut: moments, or numbers with decimal commas. */
function isColumnOfValues(sample: string, { delimiter }: Marks): boolean {
  const [name = '', ...values] = sample.split(/\r\n|\n|\r/, 500).filter((line) => line.trim() !== '');
  if (values.length < 2 || name.includes(delimiter)) return false;
  const { kind, share } = mainKind(values);
  return isTyped(kind) && share >= 0.98 && !isTyped(kindOf(name));
}

function confidenceOf(best: Score, rival: Score | undefined): number {
  if (rival === undefined || best.score === 0) return best.score === 0 ? 0.5 : 0.99;
  const ratio = rival.score / best.score;
  // Half as good is no rival; as good as the best is a coin to toss.
  return Math.max(0.4, Math.min(0.99, 0.99 - Math.max(0, ratio - 0.5) * 1.1));
}

/** Lines that begin with a mark of comments say nothing about delimiters; they are looked at again when those are known. */
function withoutComments(text: string, comment: string | undefined): string {
  const lines = text.split(/(?<=\n)|(?<=\r)(?!\n)/);
  const isNote = (line: string): boolean => (comment === undefined ? /^\s*(#|\/\/|%)/.test(line) : comment !== '' && line.startsWith(comment));
  const kept = lines.filter((line) => !isNote(line));
  return kept.length * 2 > lines.length || (comment !== undefined && kept.length > 0) ? kept.join('') : text;
}

/** Whether the spaces around fields belong to the marks: nearly every delimiter has one behind it, or fields are filled up to equal lengths. */
function isPadded(sample: string, { delimiter, quote }: Marks): boolean {
  if (delimiter.trim() === '' || delimiter === noDelimiter) return false;
  const lines = sample.split(/\r\n|\n|\r/, 500).filter((line) => line.includes(delimiter) && !/^[-+=|:\s]*$/.test(line));
  const rests = lines.flatMap((line) => line.split(delimiter).slice(1)).filter((field) => field !== '');
  if (rests.length >= 2 && rests.filter((field) => /^\s/.test(field)).length >= rests.length * 0.95) return true;
  const hasEqualLengths = lines.length >= 3 && lines.every((line) => line.length === lines[0]?.length) && (quote === '' || !sample.includes(quote));
  return hasEqualLengths && rests.filter((field) => /^\s|\s$/.test(field)).length >= rests.length * 0.3;
}

function refuseImpossible(options: ReadingOptions): void {
  const { delimiter, quote, escape, comment } = options;
  const refuse = (sentence: string): never => {
    throw new ChildFailure('UNSUPPORTED_FILE', sentence);
  };
  if (delimiter !== undefined) {
    if (/[\r\n]/.test(delimiter)) refuse('A line end cannot be the delimiter.');
    if (delimiter === quote) refuse(`The delimiter and the quote cannot both be "${nameOfMark(delimiter)}".`);
    if (delimiter === escape) refuse(`The delimiter and the escape cannot both be "${nameOfMark(delimiter)}".`);
    if (delimiter === comment) refuse(`The delimiter and the mark of comments cannot both be "${nameOfMark(delimiter)}".`);
  }
  if (quote !== undefined && /[\r\n]/.test(quote)) refuse('A line end cannot be the quote.');
  if (comment !== undefined && comment !== '' && comment === quote) refuse(`The quote and the mark of comments cannot both be "${comment}".`);
}

/** A delimiter that is nowhere is a mistake where another one would make columns; a file of one column has none. */
function refuseAbsent(sample: string, options: ReadingOptions): void {
  if (options.delimiter === undefined || sample.includes(options.delimiter)) return;
  const { delimiter, ...others } = options;
  const best = candidatesOf(sample, others, null)
    .map((marks) => scoreMarks(sample, marks))
    .toSorted((one, other) => other.score - one.score)[0];
  if (best === undefined || best.width < 2) return;
  throw new ChildFailure(
    'UNSUPPORTED_FILE',
    `The delimiter "${nameOfMark(delimiter)}" stands nowhere in the beginning of the file; "${nameOfMark(best.marks.delimiter)}" would make ${best.width} columns.`,
  );
}
