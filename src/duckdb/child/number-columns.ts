import type { ReadingOptions } from '../../base/reading.ts';
import { notationPattern, plainNotation, type NumberNotation, type NumberSign } from './number-notation.ts';
import { isCurrency, isSuffixUnit, sameUnit } from './units.ts';

/** The marks in numbers. */
export type NumberMarks = Pick<NumberNotation, 'decimalMark' | 'thousandsMark'>;

/** A column whose values, as far as they were looked at, are all numbers. */
export interface NumberColumn {
  /** The marks that all values can be read with, in the order of preference. */
  readonly marks: readonly NumberMarks[];
  /** Everything else about how they are written. */
  readonly style: Omit<NumberNotation, 'decimalMark' | 'thousandsMark' | 'maxDecimals'>;
  /** The unit of all of them; null for none. */
  readonly unit: string | null;
  /** A value in which a point or a comma stands; null where none has any. */
  readonly example: string | null;
  /** The numbers, without signs and units. */
  readonly cores: readonly string[];
}

/** A number, taken apart. */
interface Parts {
  readonly core: string;
  readonly unit: string;
  readonly sign: NumberSign | null;
  readonly isNegative: boolean;
  readonly spaces: readonly string[];
}

const space = '[ \\u00a0\\u202f\\u2009]';
const core = `(?:\\d(?:[\\d.,'’ \\u00a0\\u202f\\u2009]*\\d)?[.]?|[.,]\\d+)(?:[eE][+-]?\\d{1,3})?`;
const numberParts = new RegExp(
  `^[ \\t]*(?<open>\\()?(?<sign>[-+−])?(?<space1>${space})?(?<prefix>[^\\d\\s.,()+−-][^\\d\\s,()+−-]{0,3})?(?<space2>${space})?(?<open2>\\()?(?<sign2>[-+−])?(?<core>${core})(?<trailing>-)?(?<space3>${space})?(?<suffix>[^\\d\\s.,()+−-][^\\s,()+−]{0,11})?(?<close>\\))?(?<trailing2>-)?[ \\t]*$`,
);

function partsOf(text: string): Parts | null {
  if (text.length > 64) return null;
  const found = numberParts.exec(text)?.groups;
  if (found === undefined) return null;
  const { open, open2, close, prefix, suffix, trailing, trailing2 } = found;
  const isOpened = open !== undefined || open2 !== undefined;
  const isTrailing = trailing !== undefined || trailing2 !== undefined;
  const leading = found['sign'] ?? found['sign2'] ?? '';
  const signCount = [open, open2, found['sign'], found['sign2'], trailing, trailing2].filter((mark) => mark !== undefined).length;
  if (isOpened !== (close !== undefined) || signCount > 1 || (prefix !== undefined && suffix !== undefined)) return null;
  if (prefix !== undefined && !isCurrency(prefix)) return null;
  if (suffix !== undefined && !isSuffixUnit(suffix, found['space3'] !== undefined)) return null;
  return {
    core: found['core'] ?? '',
    unit: prefix ?? suffix ?? '',
    sign: isOpened ? '()' : isTrailing ? 'trailing' : leading === '−' || leading === '+' ? leading : null,
    isNegative: isOpened || isTrailing || leading === '-' || leading === '−',
    spaces: [found['space1'], found['space2'], found['space3']].filter((mark) => mark !== undefined),
  };
}

const everyMarks: readonly NumberMarks[] = [
  { decimalMark: '.', thousandsMark: '' },
  { decimalMark: '.', thousandsMark: ',' },
  { decimalMark: '.', thousandsMark: ' ' },
  { decimalMark: '.', thousandsMark: "'" },
  { decimalMark: ',', thousandsMark: '' },
  { decimalMark: ',', thousandsMark: '.' },
  { decimalMark: ',', thousandsMark: ' ' },
  { decimalMark: ',', thousandsMark: "'" },
];

/** The one unit of all values, in its spellings; null where there are several, or where some have none. */
function unitsOf(units: readonly string[]): { readonly unit: string | null; readonly spellings: readonly string[]; readonly isOptional: boolean } | null {
  const spellings = [...new Set(units)].filter((unit) => unit !== '');
  const [first] = spellings;
  if (first === undefined) return { unit: null, spellings, isOptional: false };
  const unit = spellings.reduce<string | null>((one, other) => (one === null ? null : sameUnit(one, other)), first);
  const without = units.filter((found) => found === '').length;
  // An amount without its sign among amounts is of the same currency; a bare number among weights may be anything.
  if (unit === null || (without > 0 && (!isCurrency(unit) || without > units.length / 2))) return null;
  return { unit, spellings, isOptional: without > 0 };
}

/**
 * Reads values as numbers: plain ones, amounts of money, shares, measured ones. Null where one is none, or where they look like numbers
 * and are not: telephone numbers with a plus, codes such as `1e5`, several currencies.
 *
 * @param present what the column holds, without missing values
 */
export function readNumbers(present: readonly string[], options: ReadingOptions): NumberColumn | null {
  const parts: Parts[] = [];
  for (const text of present) {
    const found = partsOf(text);
    if (found === null) return null;
    parts.push(found);
  }
  const units = unitsOf(parts.map(({ unit }) => unit));
  if (units === null) return null;
  const cores = parts.map(({ core: number }) => number);
  const hasBareExponents = cores.some((number) => /^\d+[eE]\d+$/.test(number));
  if (hasBareExponents && !cores.some((number) => /[.,]\d*[eE]|[eE][+-]/.test(number))) return null;
  const signs = [...new Set(parts.flatMap(({ sign }) => sign ?? []))];
  const isSigned = units.unit !== null || cores.some((number) => /[.,]/.test(number)) || parts.some(({ isNegative }) => isNegative);
  if (signs.includes('+') && !isSigned) return null;
  const marks = everyMarks.filter((candidate) => {
    if (options.decimalMark !== undefined && candidate.decimalMark !== options.decimalMark) return false;
    if (options.thousandsMark !== undefined && candidate.thousandsMark !== '' && candidate.thousandsMark !== options.thousandsMark) return false;
    const pattern = new RegExp(`^${notationPattern({ ...plainNotation, ...candidate, hasBareExponents })}$`);
    return cores.every((number) => pattern.test(number));
  });
  if (marks.length === 0) return null;
  const spaces = [...new Set(parts.flatMap((part) => part.spaces))];
  const style = { units: units.spellings, isUnitOptional: units.isOptional, spaces, signs, hasBareExponents };
  return { marks, style, unit: units.unit, cores, example: present.find((_, index) => /[.,]/.test(cores[index] ?? '')) ?? null };
}

/** The decimal mark that the values of a column prove; null where they could be read with either. */
export function provenDecimalMark(column: NumberColumn): '.' | ',' | null {
  if (column.example === null) return null;
  const found = new Set(column.marks.map(({ decimalMark }) => decimalMark));
  return found.size === 1 ? (column.marks[0]?.decimalMark ?? null) : null;
}

/** How many decimals the values have at most. */
export function decimalsOf(cores: readonly string[], decimalMark: '.' | ','): number {
  return cores.reduce((most, number) => {
    const at = number.lastIndexOf(decimalMark);
    return at < 0 ? most : Math.max(most, number.length - at - 1);
  }, 0);
}
