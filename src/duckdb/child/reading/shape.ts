import { textOfBytes } from './marks.ts';
import { filledWidth, type Block } from './outline.ts';
import type { FoundTable } from './tables.ts';

/** The columns of a table. */
export interface Shape {
  /** The names as they stand in the file, in the order of the columns; null for those without one. */
  readonly names: readonly (string | null)[];
  readonly width: number;
  /** Whether each row begins with a delimiter that makes no column, as in `| a | b |`. */
  readonly dropsFirst: boolean;
  /** Whether each row ends with one. */
  readonly dropsLast: boolean;
  /** How many columns have no name because the header is too short. */
  readonly addedColumns: number;
  /** Whether the first column has no name because it names the rows. */
  readonly hasRowNames: boolean;
}

/** The share of rows, without those of the header, that are filled beyond a width. */
function shareBeyond(block: Block, width: number, headerRows: number): number {
  let beyond = 0;
  for (const [filled, count] of block.filledWidths) if (filled > width) beyond += count;
  return beyond / Math.max(1, block.rowCount - headerRows);
}

function modeWithout(block: Block, table: FoundTable): number {
  const counts = new Map(block.widths);
  if (table.headerRowCount > 0) {
    const width = block.head.find(({ line }) => line === table.headerLines[0])?.fields.length ?? 0;
    counts.set(width, (counts.get(width) ?? 1) - 1);
  }
  let best = 0;
  for (const [width, count] of counts) if (count > (counts.get(best) ?? 0) || (count === (counts.get(best) ?? 0) && width > best)) best = width;
  return best;
}

/**
 * Decides how many columns a table has, and which of them the header names.
 *
 * @param hasBars whether the delimiter may also stand at the beginning of rows
 */
export function shapeOf(table: FoundTable, hasBars: boolean): Shape {
  const { block, header, sample } = table;
  const dropsFirst =
    hasBars && block.width > 2 && (header?.[0] ?? '').trim() === '' && sample.every(({ fields }) => (fields[0] ?? '').trim() === '') && sample.length > 0;
  const offset = dropsFirst ? 1 : 0;
  const headerRows = table.headerRowCount;
  const mode = Math.max(1, modeWithout(block, table));
  const beyond = (width: number): number => shareBeyond(block, width + offset, headerRows);
  const shape = (width: number, names: readonly (string | null)[], more: Partial<Shape> = {}): Shape => ({
    names: Array.from({ length: width }, (_, index) => names[index] ?? null),
    width,
    dropsFirst,
    dropsLast: mode - offset === width + 1 && beyond(width) < 0.5,
    addedColumns: 0,
    hasRowNames: false,
    ...more,
  });
  if (header === null) {
    const full = mode - offset;
    const isTrailing = full > 1 && block.rowCount > 1 && beyond(full - 1) === 0 && sample.length > 1;
    const width = isTrailing ? full - 1 : full;
    return shape(beyond(width) > 0.5 ? widestOf(table, width, beyond) : width, []);
  }
  const names = header.slice(offset).map((name) => (name.trim() === '' ? null : name));
  const named = Math.max(1, filledWidth(header) - offset);
  const width = beyond(named) > 0 && names.length > named ? Math.min(names.length, Math.max(named, mode - offset)) : named;
  if (block.rowCount - headerRows < 1 || beyond(width) <= 0.5) return shape(width, names);
  if (mode - offset === width + 1 && namesRows(table, offset)) return shape(width + 1, [null, ...names], { hasRowNames: true });
  const wide = widestOf(table, width, beyond);
  return shape(wide, names, { addedColumns: wide - width });
}

/** The narrowest table that nearly all rows fit in. */
function widestOf({ block }: FoundTable, from: number, beyond: (width: number) => number): number {
  const widths = [...block.filledWidths.keys()].toSorted((one, other) => one - other);
  return widths.find((width) => width > from && beyond(width) <= 0.05) ?? Math.max(from, ...widths);
}

/** Whether the first cells are different in each row, as the names that R and pandas give rows are. */
function namesRows({ sample }: FoundTable, offset: number): boolean {
  const cells = sample.map(({ fields }) => textOfBytes(fields[offset] ?? '').trim());
  return cells.length > 0 && cells.every((cell) => cell !== '') && new Set(cells).size === cells.length;
}
