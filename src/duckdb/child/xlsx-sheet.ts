import type { Readable } from 'node:stream';
import { numberText } from './xlsx-formats.ts';
import type { XlsxWorkbook } from './xlsx-workbook.ts';
import { readXml } from './xml.ts';

/** A rectangle of cells that are shown as one, counted from 1. */
export interface MergedCells {
  readonly firstRow: number;
  readonly lastRow: number;
  readonly firstColumn: number;
  readonly lastColumn: number;
}

/** What is heard of a sheet. */
export interface SheetListener {
  /** A row with at least one value: by the numbers of their columns, counted from 1. */
  row(number: number, cells: ReadonlyMap<number, string>): void;
  /** Asked, and waited for, from time to time; true ends the reading. */
  isDone(): boolean | Promise<boolean>;
}

/** What a sheet says of itself around its cells. */
export interface SheetFacts {
  /** The rectangle that it says to use; often right, and never to be relied upon. */
  readonly dimension: MergedCells | null;
  readonly merged: readonly MergedCells[];
  /** How many cells hold errors such as #DIV/0!, and the first of them. */
  readonly errorCount: number;
  readonly firstError: string | null;
}

const mostMergedCells = 100_000;

/** A reference such as `B12`, as numbers that count from 1. */
function placeOf(reference: string): { readonly row: number; readonly column: number } | null {
  const [, letters = '', digits = ''] = /^\$?([A-Z]{1,3})\$?(\d{1,7})$/i.exec(reference) ?? [];
  if (digits === '') return null;
  return { row: Number(digits), column: [...letters.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) };
}

function rangeOf(reference: string): MergedCells | null {
  const [first = '', last = first] = reference.split(':');
  const [from, to] = [placeOf(first), placeOf(last)];
  return from === null || to === null ? null : { firstRow: from.row, lastRow: to.row, firstColumn: from.column, lastColumn: to.column };
}

/** Characters that XML cannot hold are written as `_x000D_` (ECMA-376, part 1, section 22.9.2.19). */
function unescaped(text: string): string {
  return text.includes('_x') ? text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_whole, code: string) => String.fromCharCode(Number.parseInt(code, 16))) : text;
}

/**
 * Reads the cells of a sheet in a stream. Formulas count by their cached values, errors are missing values.
 *
 * @param source the part of the sheet
 */
export async function readSheet(source: Readable, workbook: XlsxWorkbook, listener: SheetListener): Promise<SheetFacts> {
  let [row, column, type, style, text, phonetic] = [0, 0, 'n', 0, '', 0];
  let cells = new Map<number, string>();
  let dimension: MergedCells | null = null;
  let [errorCount, firstError]: [number, string | null] = [0, null];
  let hears = false;
  const merged: MergedCells[] = [];

  const valueOf = (): string => {
    switch (type) {
      case 's':
        return unescaped(workbook.strings[Number(text)] ?? '');
      case 'b':
        return text === '1' ? 'true' : 'false';
      case 'e':
        errorCount += 1;
        firstError ??= text;
        return '';
      case 'n':
        return numberText(text, workbook.formats[style] ?? { kind: 'number' }, workbook.isSince1904);
      default:
        return unescaped(text);
    }
  };

  await readXml(source, {
    opened(name, attributes) {
      switch (name) {
        case 'dimension':
          dimension = rangeOf(attributes['ref'] ?? '');
          break;
        case 'row':
          row = Number(attributes['r'] ?? row + 1);
          column = 0;
          cells = new Map();
          break;
        case 'c':
          column = placeOf(attributes['r'] ?? '')?.column ?? column + 1;
          type = attributes['t'] ?? 'n';
          style = Number(attributes['s'] ?? 0);
          text = '';
          break;
        case 'rPh':
          phonetic += 1;
          break;
        case 'v':
        case 't':
          hears = phonetic === 0;
          break;
        case 'mergeCell': {
          const range = rangeOf(attributes['ref'] ?? '');
          if (range !== null && merged.length < mostMergedCells) merged.push(range);
          break;
        }
        default:
      }
    },
    text(piece) {
      if (hears) text += piece;
    },
    closed(name) {
      hears = false;
      if (name === 'rPh') phonetic -= 1;
      else if (name === 'c' && text !== '') {
        const value = valueOf();
        if (value !== '') cells.set(column, value);
      } else if (name === 'row' && cells.size > 0) listener.row(row, cells);
    },
    isDone: () => listener.isDone(),
  });
  return { dimension, merged, errorCount, firstError };
}
