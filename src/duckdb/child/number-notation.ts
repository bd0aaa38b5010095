import { quoteString } from './quote.ts';

/** How the numbers of a column are written. */
export interface NumberNotation {
  readonly decimalMark: '.' | ',';
  /** Empty for none. A space stands for the narrow and the unbreakable ones too. */
  readonly thousandsMark: '' | ',' | '.' | ' ' | "'";
  /** The texts that stand before or after each number, such as `$` or `kg`; one unit in its spellings. Empty for none. */
  readonly units: readonly string[];
  /** Whether a few numbers stand without their unit. */
  readonly isUnitOptional: boolean;
  /** The spaces that stand inside of a field: between number, sign and unit. */
  readonly spaces: readonly string[];
  /** How numbers below zero are written beside `-5`: `(5)`, `5-`, with the sign of mathematics, and whether `+5` occurs. */
  readonly signs: readonly NumberSign[];
  /** Whether `1e5` is a number here; `1.5e3` and `1e+5` always are. */
  readonly hasBareExponents: boolean;
  /** The most decimals; null for any number of them. */
  readonly maxDecimals: number | null;
}

/** A sign that needs to be understood. */
export type NumberSign = '()' | 'trailing' | '−' | '+';

export const everySpace = [' ', '\u00a0', '\u202f', '\u2009'] as const;

/** `1234.5`, as programs write numbers. */
export const plainNotation: NumberNotation = {
  decimalMark: '.',
  thousandsMark: '',
  units: [],
  isUnitOptional: false,
  spaces: [],
  signs: [],
  hasBareExponents: false,
  maxDecimals: null,
};

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, (character) => `\\${character}`);
const oneOf = (texts: readonly string[]): string => `(?:${texts.map(escaped).join('|')})`;

/** The characters that stand for a thousands mark. */
function thousandsCharacters(mark: NumberNotation['thousandsMark']): readonly string[] {
  switch (mark) {
    case '':
      return [];
    case ' ':
      return everySpace;
    case "'":
      return ["'", '’'];
    case ',':
    case '.':
      return [mark];
  }
}

/** The whole part: fifteen digits at most, which a double holds exactly, none of them a needless zero. Groups are of three, or as in India. */
function wholePattern(mark: NumberNotation['thousandsMark']): string {
  const group = oneOf(thousandsCharacters(mark));
  const grouped = mark === '' ? '' : `|[1-9]\\d{0,2}(?:${group}\\d{3}){1,4}`;
  const indian = mark === ',' ? '|[1-9]\\d?(?:,\\d{2}){1,5},\\d{3}' : '';
  return `(?:0|[1-9]\\d{0,14}${grouped}${indian})`;
}

function corePattern({ decimalMark, thousandsMark, hasBareExponents, maxDecimals }: NumberNotation): string {
  const mark = escaped(decimalMark);
  const whole = wholePattern(thousandsMark);
  const digits = (least: number): string => `\\d{${least},${maxDecimals ?? ''}}`;
  const fraction = maxDecimals === 0 ? '' : `|${whole}?${mark}${digits(1)}${decimalMark === '.' ? `|${whole}\\.` : ''}`;
  if (maxDecimals !== null) return `(?:${whole}${fraction})`;
  return `(?:${whole}(?:[eE]${hasBareExponents ? '[+-]?' : '[+-]'}\\d{1,3})?|(?:${whole}?${mark}\\d+${decimalMark === '.' ? `|${whole}\\.` : ''})(?:[eE][+-]?\\d{1,3})?)`;
}

/** Which fields are numbers in this notation, as a regular expression that JavaScript and DuckDB (RE2) read alike. It covers the whole field. */
export function notationPattern(notation: NumberNotation): string {
  const { units, isUnitOptional, spaces, signs } = notation;
  const core = corePattern(notation);
  const space = spaces.length === 0 ? '' : `${oneOf(spaces)}?`;
  const sign = `[-${signs.includes('−') ? '−' : ''}${signs.includes('+') ? '+' : ''}]?`;
  const unit = oneOf(units);
  const optional = isUnitOptional ? '?' : '';
  const [before, after] = [`${sign}${space}(?:${unit}${space})${optional}`, `(?:${space}${unit})${optional}`];
  const forms = units.length === 0 ? [`${sign}${core}`] : [`${before}${core}`, `${unit}${space}${sign}${core}`, `${sign}${core}${after}`];
  const plain = units.length === 0 ? core : `(?:(?:${unit}${space})${optional}${core}|${core}${after})`;
  const extra = [
    ...(signs.includes('()') ? [`\\(${plain}\\)`, ...(units.length === 0 ? [] : [`${unit}${space}\\(${core}\\)`, `\\(${core}\\)${space}${unit}`])] : []),
    ...(signs.includes('trailing') ? [`${plain}-`, ...(units.length === 0 ? [] : [`${core}-${space}${unit}`])] : []),
  ];
  const edge = `[ \\t${spaces.filter((character) => character !== ' ').join('')}]*`;
  return `${edge}(?:${[...forms, ...extra].join('|')})${edge}`;
}

/** A field as text that `CAST` reads as a number, in SQL. Only for fields that `notationPattern` covers does it mean something. */
export function bareNumber(notation: NumberNotation, text: string): string {
  const { decimalMark, thousandsMark, units, spaces, signs } = notation;
  const replaced = (sql: string, from: string, to: string): string => `replace(${sql}, ${quoteString(from)}, ${quoteString(to)})`;
  // The longest first: `US$` before `$`.
  const removed = [
    ...units.toSorted((one, other) => other.length - one.length),
    ...thousandsCharacters(thousandsMark),
    ...spaces.filter((space) => space !== ' '),
  ];
  let sql = [...new Set(removed)].reduce((inner, mark) => replaced(inner, mark, ''), text);
  if (units.length > 0 && spaces.includes(' ') && thousandsMark !== ' ') sql = replaced(sql, ' ', '');
  if (decimalMark === ',') sql = replaced(sql, ',', '.');
  if (signs.includes('−')) sql = replaced(sql, '−', '-');
  if (signs.includes('()')) sql = replaced(replaced(sql, '(', '-'), ')', '');
  if (signs.includes('trailing')) sql = `CASE WHEN ${text} LIKE '%_-%' AND ${text} NOT LIKE '-%' THEN '-' || replace(${sql}, '-', '') ELSE ${sql} END`;
  return sql;
}
