import type { ReadingOptions } from '../../base/reading.ts';
import { missingPattern, type ColumnType } from './column-types.ts';
import { dateTypesOf, isAmbiguous, preferring, provenOrder, type FormattedType } from './date-formats.ts';
import { isAlwaysText } from './lasting-text.ts';
import { decimalsOf, provenDecimalMark, readNumbers, type NumberColumn, type NumberMarks } from './number-columns.ts';
import { everySpace, notationPattern, plainNotation, type NumberNotation } from './number-notation.ts';
import { isCurrency } from './units.ts';
import { yesNoOf } from './yes-no.ts';

/** What is decided for a column. */
export interface ColumnDecision {
  /** The types that every value that was looked at fits, best first; the column is read as the first. Empty is text. */
  readonly candidates: readonly ColumnType[];
  /** Sentences for people. */
  readonly warnings: readonly string[];
}

/** The first values of a column. */
export interface ColumnSample {
  readonly name: string;
  /** Null for empty fields. */
  readonly values: readonly (string | null)[];
}

/** The type that a decision leads to. */
export function chosenType(decision: ColumnDecision): ColumnType {
  return decision.candidates[0] ?? { kind: 'VARCHAR' };
}

const missing = new RegExp(`^${missingPattern}$`, 'i');
const decimal = new RegExp(`^${notationPattern(plainNotation)}$`);
const whole = /^[ \t]*(0|-?[1-9]\d{0,18})[ \t]*$/;

function isWhole(text: string): boolean {
  return whole.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

const isoTypes: readonly { readonly type: ColumnType; readonly pattern: RegExp }[] = [
  { type: { kind: 'DATE' }, pattern: /^\s*\d{4}-\d\d-\d\d\s*$/ },
  { type: { kind: 'TIMESTAMP' }, pattern: /^\s*\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,9})?)?\s*$/ },
  { type: { kind: 'TIMESTAMP WITH TIME ZONE' }, pattern: /^\s*\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,9})?)?\s*(Z|UTC|GMT|[+-]\d\d(:?\d\d)?)\s*$/ },
  { type: { kind: 'TIME' }, pattern: /^\s*\d{1,2}:\d\d(:\d\d(\.\d{1,6})?)?\s*$/ },
  { type: { kind: 'INTERVAL' }, pattern: /^\s*\d{1,4}:[0-5]\d:[0-5]\d\s*$/ },
];

/** A column as its first values show it. */
interface ColumnReading {
  readonly name: string;
  readonly present: readonly string[];
  readonly hasMissingMarks: boolean;
  readonly isAllWhole: boolean;
  readonly numbers: NumberColumn | null;
  /** Types that are no numbers. */
  readonly others: readonly ColumnType[];
  readonly dates: readonly FormattedType[];
}

function readColumn({ name, values }: ColumnSample, options: ReadingOptions): ColumnReading {
  const filled = values.filter((value) => value !== null);
  const present = filled.filter((value) => !missing.test(value));
  const isText = present.length === 0 || options.isAllText === true || isAlwaysText(present, name);
  const iso = isText ? [] : isoTypes.filter(({ pattern }) => present.every((value) => pattern.test(value))).map(({ type }) => type);
  const hasLongHours = present.some((value) => /^\s*(2[4-9]|[3-9]\d|\d{3,})/.test(value));
  const others: readonly ColumnType[] = isText
    ? []
    : [...iso.filter(({ kind }) => (kind === 'TIME' ? !hasLongHours : kind !== 'INTERVAL' || hasLongHours || iso.length > 1)), ...yesNoOf(present)];
  const dates = isText || others.length > 0 ? [] : dateTypesOf(present, name, options.dateOrder);
  const isDated = others.length > 0 || dates.length > 0;
  return {
    name,
    present,
    hasMissingMarks: present.length < filled.length,
    isAllWhole: !isText && !isDated && present.every(isWhole),
    numbers: isText || isDated ? null : readNumbers(present, options),
    others,
    dates,
  };
}

/** What most of those columns say that prove something; null where none does, or as many say the one as the other. */
function majority<Value extends string>(votes: readonly (Value | null)[]): Value | null {
  const counts = [
    ...Map.groupBy(
      votes.filter((vote) => vote !== null),
      (vote) => vote,
    ),
  ].toSorted(([, one], [, other]) => other.length - one.length);
  const [first, second] = counts;
  return first !== undefined && first[1].length > (second?.[1].length ?? 0) ? first[0] : null;
}

/**
 * Decides by a sample what the columns of a file are read as. Where the values of one column leave open which mark is that of decimals, or
 * whether the day or the month comes first, the other columns decide. The rules here only propose: whether every value of the file fits is
 * checked when it is written.
 */
export function proposeTypes(samples: readonly ColumnSample[], options: ReadingOptions): readonly ColumnDecision[] {
  const columns = samples.map((sample) => readColumn(sample, options));
  const decimalMark = options.decimalMark ?? majority(columns.map(({ numbers }) => numbers && provenDecimalMark(numbers)));
  const order = majority(columns.map(({ dates }) => provenOrder(dates)));
  return columns.map((column) => decide(column, decimalMark, order));
}

function decide(column: ColumnReading, decimalMark: '.' | ',' | null, order: 'DMY' | 'MDY' | null): ColumnDecision {
  const dates = order === null ? column.dates : preferring(column.dates, order);
  const candidates = [...column.others, ...dates, ...numberTypes(column, decimalMark)];
  const [first] = candidates;
  if (first === undefined) return { candidates, warnings: [nearlyNumeric(column), severalCurrencies(column)].flatMap((warning) => warning ?? []) };
  const isOpen = column.numbers !== null && decimalMark === null && column.numbers.example !== null && provenDecimalMark(column.numbers) === null;
  return {
    candidates,
    warnings: [
      ...dateWarnings(column.name, candidates, column.present[0] ?? ''),
      ...(isOpen && 'kind' in first ? [markWarning(column, first)] : []),
      ...(column.hasMissingMarks ? [missingWarning(column.name)] : []),
    ],
  };
}

/** Says that day and month of a column could be either. */
export function dateWarnings(name: string, candidates: readonly ColumnType[], example: string): readonly string[] {
  const [first] = candidates;
  if (first === undefined || !('format' in first) || !isAmbiguous(candidates)) return [];
  const read = first.format.startsWith('%m') ? 'month before day' : 'day before month';
  return [`The dates of "${name}" (such as ${example}) can be read in two ways; they were read as ${read}. Say dateOrder to read them otherwise.`];
}

/** Says that marks were read as missing values. */
export function missingWarning(name: string): string {
  return `Marks such as NA in "${name}" were read as missing values.`;
}

function markWarning({ name, numbers }: ColumnReading, type: ColumnType): string {
  const isGrouped = 'notation' in type && type.notation.thousandsMark !== '';
  return `The numbers of "${name}" (such as ${numbers?.example ?? ''}) can be read in two ways; the mark was read as that of ${isGrouped ? 'thousands' : 'decimals'}. Say decimalMark to read them otherwise.`;
}

function nearlyNumeric({ present, name }: ColumnReading): string | null {
  const others = present.filter((value) => !decimal.test(value));
  if (present.length < 20 || others.length > present.length * 0.1 || others[0] === undefined) return null;
  return `"${name}" holds numbers and other values (such as "${others[0].slice(0, 64)}"); it was kept as text.`;
}

function severalCurrencies({ present, name }: ColumnReading): string | null {
  const found = new Set(
    present
      .slice(0, 1_000)
      .map((value) => /^[-(\s]*([^\d\s.,()-]{1,3})\s?\d[\d.,]*\)?$|^[-(\s]*\d[\d.,]*\s?([^\d\s.,()-]{1,3})\)?$/.exec(value)?.slice(1).find(Boolean) ?? ''),
  );
  if (found.size < 2 || [...found].some((unit) => !isCurrency(unit))) return null;
  return `"${name}" holds amounts of several currencies (${[...found].slice(0, 5).join(', ')}); it was kept as text.`;
}

function numberTypes({ numbers, isAllWhole }: ColumnReading, decimalMark: '.' | ',' | null): readonly ColumnType[] {
  if (numbers === null) return isAllWhole ? [{ kind: 'BIGINT' }] : [];
  const fitting = numbers.marks.filter((marks) => decimalMark === null || marks.decimalMark === decimalMark);
  const [chosen] = fitting.length > 0 ? fitting : numbers.marks;
  if (chosen === undefined) return [];
  const isPlain = chosen.decimalMark === '.' && chosen.thousandsMark === '' && numbers.unit === null && numbers.style.signs.length === 0;
  const exact: NumberNotation = { ...numbers.style, ...chosen, maxDecimals: null };
  const tight = isPlain && !numbers.style.hasBareExponents ? plainTypes(numbers, isAllWhole) : notedTypes(numbers, exact, false);
  // Fields further down may be written in other ways too: they are tried when a field does not fit what the first rows show.
  const loose = [chosen, ...(decimalMark === null && numbers.example === null ? [{ decimalMark: ',', thousandsMark: '.' } as const] : [])].flatMap((marks) =>
    notedTypes(numbers, looser(exact, marks), true),
  );
  // The exact ones first, and among them the plain ones.
  return [...tight, ...loose].toSorted((one, other) => Number(one.kind === 'DOUBLE') - Number(other.kind === 'DOUBLE'));
}

function plainTypes({ cores }: NumberColumn, isAllWhole: boolean): readonly ColumnType[] {
  return isAllWhole || cores.every((number) => /^\d+$/.test(number)) ? [{ kind: 'BIGINT' }, { kind: 'DOUBLE' }] : [{ kind: 'DOUBLE' }];
}

/** Amounts of money with more decimals are kept as floating numbers. */
const mostMoneyDecimals = 4;

/** @param isLoose whether fields are expected that the first rows do not show */
function notedTypes({ unit, cores }: NumberColumn, notation: NumberNotation, isLoose: boolean): readonly ColumnType[] {
  const decimals = decimalsOf(cores, notation.decimalMark);
  const hasExponents = cores.some((number) => /e/i.test(number));
  const double: ColumnType = { kind: 'DOUBLE', notation, unit };
  if (unit !== null && isCurrency(unit) && decimals <= mostMoneyDecimals && !hasExponents) {
    // Sums of amounts are exact then: of 10 million they take 110 ms of a core in place of 80, from a file that is a fifth smaller.
    const scales = new Set([Math.max(2, decimals), ...(isLoose ? [mostMoneyDecimals] : [])]);
    return [...[...scales].map((scale): ColumnType => ({ kind: `DECIMAL(18,${scale})`, notation: { ...notation, maxDecimals: scale }, unit })), double];
  }
  return decimals > 0 || hasExponents || unit === '%' ? [double] : [{ kind: 'BIGINT', notation: { ...notation, maxDecimals: 0 }, unit }, double];
}

function looser(notation: NumberNotation, marks: NumberMarks): NumberNotation {
  const thousandsMark = marks.thousandsMark === '' ? (marks.decimalMark === '.' ? ',' : '.') : marks.thousandsMark;
  const signs = [...new Set([...notation.signs, '()', 'trailing', '−'] as const)];
  return { ...notation, ...marks, thousandsMark, signs, spaces: notation.units.length > 0 ? everySpace : notation.spaces };
}
