import { isTyped, kindOf, mainKind } from './cell-kinds.ts';

/** How much a row looks like the names of the columns below it. */
export interface HeaderEvidence {
  /** Above 0 for a header, below for a row like the others; 1 and more is plain. */
  readonly sum: number;
  /** How many columns hold numbers, dates and the like under a cell that is none. */
  readonly typedColumns: number;
}

const usualNames =
  /^(id|nr|no|num|number|name|names|first ?name|last ?name|date|time|timestamp|year|month|day|type|kind|category|country|city|state|region|address|street|zip|email|phone|price|amount|total|quantity|qty|value|values|description|title|status|code|gender|sex|age|comment|comments|note|notes|text|key|label|url|product|item|user|customer|currency|score|datum|betrag|ort|land|menge|preis|bezeichnung|nom|prix|ville|pays|fecha|nombre|precio|unit|level|message|host|source|target|group|class|index|column|field|word|capital|language|colou?r|size|brand|model|species|team|player|author|artist|genre|department|company)s?$/i;

/** The shape of a text: its runs of capitals, small letters and digits. */
function shapeOf(text: string): string {
  return text
    .trim()
    .replaceAll(/\p{Lu}+/gu, 'A')
    .replaceAll(/[\p{Ll}\p{Lo}]+/gu, 'a')
    .replaceAll(/\d+/g, '9');
}

/** Whether numbers at the head of columns are years or steps, which name columns: 2019, 2020, 2021. */
function isSeries(cells: readonly string[], below: readonly (readonly string[])[]): boolean {
  const indexes = cells.flatMap((cell, index) => (/^\d{1,4}$/.test(cell.trim()) ? [index] : []));
  const numbers = indexes.map((index) => Number(cells[index]));
  const [first, second] = numbers;
  if (first === undefined || second === undefined) return false;
  const isYear = (cell: string): boolean => /^(19|20)\d\d$/.test(cell.trim());
  const under = below.flatMap((row) => indexes.map((index) => row[index] ?? ''));
  if (indexes.every((index) => isYear(cells[index] ?? ''))) return under.filter(isYear).length < under.length * 0.5;
  const step = second - first;
  const others = cells.filter((cell) => !/^\d{1,4}$/.test(cell.trim()));
  const isOverTexts = others.length === 0 && !under.some((cell) => kindOf(cell) === 'number');
  const isBesideNames = others.length > 0 && others.every((cell) => cell.trim() !== '');
  if (numbers.length < 3 || step <= 0 || first > 1 || !(isOverTexts || isBesideNames)) return false;
  return numbers.every((number, index) => number === first + index * step);
}

/**
 * Compares a row with those below it.
 *
 * @param cells the row that may be a header
 * @param below some rows after it
 */
export function headerEvidence(cells: readonly string[], below: readonly (readonly string[])[]): HeaderEvidence {
  if (below.length === 0) return { sum: 0, typedColumns: 0 };
  const isNumbered = isSeries(cells, below);
  let sum = 0;
  let typedColumns = 0;
  for (const [index, cell] of cells.entries()) {
    const column = below.map((row) => row[index] ?? '');
    const main = mainKind(column);
    const kind = kindOf(cell);
    const isTypedColumn = isTyped(main.kind) && main.share >= 0.6;
    if (cell.trim() === '') {
      sum += index === 0 && main.kind !== 'empty' && column.every((value) => value.trim() !== '') ? 0.5 : 0;
    } else if (isTypedColumn) {
      if (isNumbered && kind === 'number') {
        sum += 0.5;
        typedColumns += 1;
      } else if (kind === main.kind) sum -= 1;
      else if ((kind === 'date' || kind === 'time') && main.kind === 'number') {
        // Periods name the columns of a matrix.
        sum += 0.5;
        typedColumns += 1;
      } else if (kind === 'number' || kind === 'date' || kind === 'time') sum -= 0.5;
      else if (kind === 'empty') sum -= 0.3;
      else {
        sum += 1;
        typedColumns += 1;
      }
    } else if (main.kind === 'empty') {
      sum += isTyped(kind) ? -0.1 : 0.1;
    } else if (isTyped(kind)) {
      sum += isNumbered ? 0.3 : kind === 'truth' ? 0 : -0.3;
    } else {
      if (column.some((value) => value.trim().toLowerCase() === cell.trim().toLowerCase())) sum -= 0.6;
      else if (usualNames.test(cell.trim())) sum += 0.5;
      if (!column.some((value) => shapeOf(value) === shapeOf(cell))) sum += 0.2;
    }
  }
  return { sum, typedColumns };
}

/** Whether cells could be names: filled, and no two alike. */
export function couldBeNames(cells: readonly string[]): boolean {
  const filled = cells.map((cell) => cell.trim().toLowerCase()).filter((cell) => cell !== '');
  return filled.length > 0 && filled.length >= cells.length * 0.5 && !cells.some((cell) => cell.length > 200) && new Set(filled).size >= filled.length * 0.8;
}

const unit =
  /^(\[.*\]|\(.*\)|%|\p{Sc}|[kmcd]?m|km\/h|m\/s|[kmc]?g|lbs?|°?[cfk]|mm|hpa|m?s|min|h|hrs?|usd|eur|gbp|pcs|kwh?|mwh?|l|ml|m2|m3|text|string|int|float|date)$/iu;

/** Whether a row names the units of the columns. */
export function isUnitRow(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => cell.trim() !== '');
  return filled.length > 0 && filled.filter((cell) => unit.test(cell.trim())).length >= filled.length * 0.6;
}

/** The names of a header of two lines: the upper ones go on over the empty cells to their right. */
export function joinNames(upper: readonly string[], lower: readonly string[]): readonly string[] {
  let group = '';
  const hasGroups = upper.some((cell) => cell.trim() === '');
  const width = Math.max(upper.length, lower.length);
  return Array.from({ length: width }, (_, index) => {
    const above = (upper[index] ?? '').trim();
    if (above !== '' || !hasGroups) group = above;
    const below = (lower[index] ?? '').trim();
    return group === '' || below === '' || group === below ? (group === '' || below !== '' ? below : group) : `${group} ${below}`;
  });
}
