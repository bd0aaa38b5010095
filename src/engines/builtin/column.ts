import type { ColumnProfile, TableProfile } from '../../base/table.ts';
import { readTextDates, type TimeReading } from './dates.ts';
import { identifier } from './sql.ts';
import { quoted } from './words.ts';

/** What a column is good for in an analysis. */
export type ColumnRole = 'measure' | 'category' | 'time' | 'identifier' | 'label' | 'place' | 'constant' | 'empty' | 'other';

/** A column as the analyst sees it. */
export interface Column {
  readonly name: string;
  /** Its name in SQL. */
  readonly sql: string;
  /** What people may call it as well; null where it has no other name. */
  readonly otherName: string | null;
  readonly role: ColumnRole;
  readonly profile: ColumnProfile;
  readonly isNumber: boolean;
  readonly isWhole: boolean;
  readonly isBoolean: boolean;
  /** Whether adding its values up makes sense, judged by the name. */
  readonly isAdditive: boolean;
  readonly time: TimeReading | null;
  readonly distinctCount: number;
  /** How many rows have a value. */
  readonly filledCount: number;
}

/** A table as the analyst sees it. */
export interface Table {
  readonly name: string;
  /** Its name in SQL. */
  readonly sql: string;
  readonly fileName: string;
  readonly rowCount: number;
  readonly columns: readonly Column[];
}

const wholeType = /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/i;
const numberType = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|REAL|DECIMAL.*|NUMERIC.*)$/i;
const timeType = /^(DATE|TIMESTAMP.*)$/i;
const textType = /^(VARCHAR|TEXT|STRING|CHAR.*|UUID|ENUM.*)$/i;

const yearName = /(^|[^a-z])years?$/i;
const identifierName = /(^|[^a-z])(ids?|uuid|guid|key|index|row ?(number|id)|number|no|nr|zip ?code|zip|postcode|phone|isbn|ssn)$/i;
/** Names of columns that point at a row of another table, whose values repeat. */
const referenceName = /(^|[^a-z])(ids?|uuid|guid)$/i;
const placeName = /(^|[^a-z])(lat|lon|lng|latitude|longitude)([^a-z]|$)/i;
const codeName = /(^|[^a-z])(cluster|group|class|type|code|zone|region|flag|category|segment|status)s?([^a-z]|$)/i;
const additiveName =
  /(^|[^a-z])(sales|revenue|income|amount|gross|total|count|votes|quantity|qty|pop|population|units|spend|spending|costs?|profit|precipitation|rain|rainfall|snow|snowfall|visits|visitors|orders|deaths|killed|injured|passengers|trips|turnover|volume)([^a-z]|$)/i;
const intensiveName = /(^|[^a-z])(per|rate|average|avg|mean|median|ratio|percent|pct|share|index|score|rating|price|max|min|maximum|minimum)([^a-z]|$)|%/i;

/** The words of a column name: underscores, hyphens and humps of camel case become spaces. */
export function spacedName(name: string): string {
  return name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_\-./]+/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** The unit of an aggregate of a measure; null for counts of rows and where there is none. */
export function unitOf(measure: Column | null): string | null {
  return measure?.profile.unit ?? null;
}

/** A title of an axis, with the unit where there is one. */
export function axisTitle(title: string, measure: Column | null): string {
  const unit = unitOf(measure);
  return unit === null ? title : `${title} (${unit})`;
}

/** Reads a table profile with the eyes of an analyst. */
export function readTable(profile: TableProfile): Table {
  const columns = profile.columns.map((column, index) => readColumn(column, profile, index));
  return { name: profile.name, sql: identifier(profile.name), fileName: profile.fileName, rowCount: profile.rowCount, columns };
}

function readColumn(profile: ColumnProfile, table: TableProfile, index: number): Column {
  const spaced = spacedName(profile.name);
  const isWhole =
    wholeType.test(profile.type) ||
    (numberType.test(profile.type) &&
      isWholeText(profile.min) &&
      isWholeText(profile.max) &&
      profile.topValues.length > 0 &&
      profile.topValues.every((top) => isWholeText(top.value)));
  const time = readTime(profile, spaced, isWhole, table, index);
  return {
    name: profile.name,
    sql: identifier(profile.name),
    otherName: null,
    role: readRole(profile, spaced, isWhole, time, table.rowCount),
    profile,
    isNumber: numberType.test(profile.type),
    isWhole,
    isBoolean: /^BOOL/i.test(profile.type),
    isAdditive: additiveName.test(spaced) && !intensiveName.test(spaced),
    time,
    distinctCount: profile.distinctCount,
    filledCount: Math.max(0, table.rowCount - profile.nullCount),
  };
}

function readRole(profile: ColumnProfile, spaced: string, isWhole: boolean, time: TimeReading | null, rowCount: number): ColumnRole {
  const filled = rowCount - profile.nullCount;
  const distinctShare = filled === 0 ? 0 : profile.distinctCount / filled;
  if (filled === 0) return 'empty';
  if (profile.distinctCount <= 1) return 'constant';
  if (time !== null) return 'time';
  if (/^BOOL/i.test(profile.type)) return 'category';
  if (numberType.test(profile.type)) {
    if (placeName.test(spaced)) return 'place';
    if (isWhole && (identifierName.test(spaced) || isRunningNumber(profile, filled)) && distinctShare > 0.5 && filled > 2) return 'identifier';
    if (isWhole && referenceName.test(spaced) && profile.distinctCount > 12) return 'identifier';
    if (isWhole && profile.distinctCount <= 12 && filled >= 20 && (profile.distinctCount <= 2 || profile.distinctCount < filled / 3)) return 'category';
    return isWhole && codeName.test(spaced) && profile.distinctCount <= 50 && distinctShare < 0.5 ? 'category' : 'measure';
  }
  if (!textType.test(profile.type)) return 'other';
  if (profile.meaning === 'IDENTIFIER' && distinctShare > 0.99 && /^[0-9a-f-]{16,}$/i.test(profile.min ?? '')) return 'identifier';
  return distinctShare <= 0.5 || (profile.distinctCount <= 12 && distinctShare < 0.8) ? 'category' : 'label';
}

function readTime(profile: ColumnProfile, spaced: string, isWhole: boolean, table: TableProfile, index: number): TimeReading | null {
  const name = identifier(profile.name);
  if (timeType.test(profile.type)) return { kind: /^DATE$/i.test(profile.type) ? 'date' : 'timestamp', expression: `CAST(${name} AS TIMESTAMP)` };
  if (isWhole && yearName.test(spaced) && isYear(profile.min) && isYear(profile.max))
    return { kind: 'year', expression: `CAST(make_date(CAST(${name} AS INTEGER), 1, 1) AS TIMESTAMP)` };
  if (!textType.test(profile.type)) return null;
  const samples = table.sampleRows.flatMap((row) => (typeof row[index] === 'string' ? [row[index]] : []));
  return readTextDates(profile.name, [...samples, ...profile.topValues.map((top) => top.value)]);
}

function isRunningNumber(profile: ColumnProfile, filled: number): boolean {
  return profile.distinctCount >= filled * 0.99 && filled > 10 && Number(profile.max) - Number(profile.min) + 1 === filled;
}

function isWholeText(text: string | null): boolean {
  return text !== null && /^-?\d+(\.0+)?$/.test(text);
}

function isYear(text: string | null): boolean {
  return isWholeText(text) && Number(text) >= 1000 && Number(text) <= 2200;
}

/** The column whose values name rows best; null where none does. */
export function labelColumn(table: Table): Column | null {
  const byDistinct = (role: ColumnRole): Column | undefined =>
    table.columns.filter((column) => column.role === role).toSorted((left, right) => right.distinctCount - left.distinctCount)[0];
  return byDistinct('label') ?? byDistinct('category') ?? byDistinct('identifier') ?? null;
}

/** A value of a category in a sentence: numbers and yes or no carry the name of the column, the rest speaks for itself. */
export function groupName(category: Column, value: string): string {
  return category.isNumber || category.isBoolean ? `${quoted(spacedName(category.name))} ${quoted(value)}` : quoted(value);
}

/** The columns of a role, in their order. */
export function withRole(table: Table, ...roles: readonly ColumnRole[]): readonly Column[] {
  return table.columns.filter((column) => roles.includes(column.role));
}
