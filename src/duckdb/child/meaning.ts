import type { ColumnMeaning, ColumnProfile } from '../../base/table.ts';

/** What is known of a column when its meaning is guessed. */
export interface ColumnShape extends Omit<ColumnProfile, 'meaning'> {
  /** How many values are not null. */
  readonly presentCount: number;
  readonly isNumber: boolean;
  /** The mean length of its texts; null where it holds none. */
  readonly averageLength: number | null;
}

const geographic =
  /(^|_)(country|countries|city|cities|town|state|province|region|county|continent|latitude|longitude|lat|lon|lng|zip|zip_?code|postal_?code|postcode|nation|address|location|municipality|district|island)(_|$)/;
const identifier = /(^|_)(id|ids|key|uuid|guid|code|number|no|nr|index|isbn|sku|ssn|iban|hash)(_|$)/;
const yesNo: readonly ReadonlySet<string>[] = [
  new Set(['0', '1']),
  new Set(['yes', 'no']),
  new Set(['y', 'n']),
  new Set(['true', 'false']),
  new Set(['t', 'f']),
  new Set(['ja', 'nein']),
  new Set(['oui', 'non']),
  new Set(['on', 'off']),
];

/** `Home City`, `homeCity` and `home-city` as `home_city`. */
function wordsOf(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_');
}

function isYesNo(column: ColumnShape): boolean {
  if (column.type === 'BOOLEAN') return true;
  if (column.distinctCount !== 2 || column.topValues.length !== 2) return false;
  return yesNo.some((pair) => column.topValues.every(({ value }) => pair.has(value.toLowerCase())));
}

/**
 * Guesses what a column means to a person, by rules: its type first, then its name, then how many different values it has.
 *
 * @param column the column and its numbers
 */
export function guessMeaning(column: ColumnShape): ColumnMeaning {
  const words = wordsOf(column.name);
  if (isYesNo(column)) return 'YES_NO';
  if (/^(DATE|TIMESTAMP|TIME)/.test(column.type)) return 'DATE';
  // The count of distinct values of a large table is an estimate that can be a quarter off.
  const uniqueShare = column.presentCount > 10_000 ? 0.75 : 0.95;
  const isUniqueEnough = column.presentCount > 1 && column.distinctCount >= column.presentCount * uniqueShare;
  if (column.type === 'UUID') return 'IDENTIFIER';
  const isWhole = column.isNumber && !/^(DOUBLE|FLOAT|DECIMAL)/.test(column.type);
  if (isUniqueEnough && identifier.test(words) && (isWhole || (column.averageLength ?? 100) <= 64)) return 'IDENTIFIER';
  if (geographic.test(words)) return 'GEOGRAPHIC';
  if (column.isNumber) {
    if (isWhole && /(^|_)year(_|$)/.test(words)) return 'DATE';
    // A key of another table: it repeats, and no one would add it up.
    if (isWhole && /(^|_)(id|uuid|key|code)$/.test(words)) return column.distinctCount <= 20 ? 'CATEGORY' : 'IDENTIFIER';
    return 'MEASURE';
  }
  if (column.type !== 'VARCHAR') return column.type.startsWith('ENUM') ? 'CATEGORY' : 'TEXT';
  const isLong = (column.averageLength ?? 0) > 60;
  if (!isLong && column.topValues.length > 0 && (column.distinctCount <= 50 || column.distinctCount <= column.presentCount * 0.5)) return 'CATEGORY';
  return 'TEXT';
}
