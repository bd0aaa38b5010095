import type { ColumnMeaning, ColumnProfile } from '../../base/table.ts';
import { areCountries } from './places.ts';
import { isYesNoPair } from './yes-no.ts';

/** What is known of a column when its meaning is guessed. */
export interface ColumnShape extends Omit<ColumnProfile, 'meaning'> {
  /** How many values are not null. */
  readonly presentCount: number;
  readonly isNumber: boolean;
  /** The mean length of its texts; null where it holds none. */
  readonly averageLength: number | null;
}

/** Names of places, and of what says where something is. A name that ends with `id` is a key of a place. */
const place =
  /(^|_)(country|countries|pays|pais|city|cities|stadt|ville|town|state|province|region|county|continent|latitude|longitude|lat|lon|lng|zip|zip_?code|plz|postal_?code|post_?code|nation|address|street|location|municipality|district|island|iso_?[23]|airport)(_(code|codes|name|names|iso|iso2|iso3|key|en)|_?\d)?$|(^|_)(latitude|longitude)(_|$)|(^|_)(country|city)_(of|in)(_|$)/;
const identifier = /(^|_)(id|ids|key|uuid|guid|code|number|no|nr|index|isbn|sku|ssn|iban|hash)(_|$)/;
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
  const values = column.topValues.map(({ value }) => value.toLowerCase());
  return isYesNoPair(values) || (values.includes('0') && values.includes('1')) || (values.includes('on') && values.includes('off'));
}

/** Whether the values themselves are places. */
function isOfPlaces(column: ColumnShape): boolean {
  if (column.type !== 'VARCHAR') return false;
  if (column.topValues.length > 0) return column.topValues.length > 1 && areCountries(column.topValues.map(({ value }) => value));
  // Where nearly every value is different, the first and the last of them are known.
  return column.distinctCount > 2 && column.min !== null && column.max !== null && areCountries([column.min, column.max]);
}

/**
 * Guesses what a column means to a person, by rules: its type first, then its name, its values, and how many different ones it has.
 *
 * @param column the column and its numbers
 */
export function guessMeaning(column: ColumnShape): ColumnMeaning {
  const words = wordsOf(column.name);
  if (isYesNo(column)) return 'YES_NO';
  if (/^(DATE|TIMESTAMP|TIME)/.test(column.type)) return 'DATE';
  if ((column.isNumber && column.unit !== null) || column.type === 'INTERVAL') return 'MEASURE';
  if (column.type === 'UUID') return 'IDENTIFIER';
  const isKey = identifier.test(words) && !place.test(words);
  // The count of distinct values of a large table is an estimate that can be a quarter off.
  const uniqueShare = column.presentCount > 10_000 ? 0.75 : 0.95;
  const isUniqueEnough = column.presentCount > 1 && column.distinctCount >= column.presentCount * uniqueShare;
  const isWhole = column.isNumber && !/^(DOUBLE|FLOAT|DECIMAL)/.test(column.type);
  if (isUniqueEnough && isKey && (isWhole || (column.averageLength ?? 100) <= 64)) return 'IDENTIFIER';
  if (place.test(words) || isOfPlaces(column)) return 'GEOGRAPHIC';
  if (column.isNumber) {
    if (isWhole && /(^|_)(year|jahr)(_|$)/.test(words)) return 'DATE';
    // A key of another table: it repeats, and no one would add it up.
    if (isWhole && /(^|_)(id|uuid|key|code)$/.test(words)) return column.distinctCount <= 20 ? 'CATEGORY' : 'IDENTIFIER';
    return 'MEASURE';
  }
  if (column.type !== 'VARCHAR') return column.type.startsWith('ENUM') ? 'CATEGORY' : 'TEXT';
  const isLong = (column.averageLength ?? 0) > 60;
  if (!isLong && column.topValues.length > 0 && (column.distinctCount <= 50 || column.distinctCount <= column.presentCount * 0.5)) return 'CATEGORY';
  // "00123" stayed text because it is no number: where nearly every one is different, it names the row.
  const isNumbered = isUniqueEnough && [column.min, column.max].every((bound) => /^\d+$/.test(bound ?? ''));
  return (isLasting(words) || isNumbered) && !isLong ? 'IDENTIFIER' : 'TEXT';
}

/** Telephone numbers and the like: they name something, although they are no key. */
function isLasting(words: string): boolean {
  return /(^|_)(phone|telephone|telefon|mobile|fax|email|e_mail|url|iban|card_?number)(_|$)/.test(words);
}
