import { open } from 'node:fs/promises';
import { ChildFailure } from './failure.ts';
import type { XlsxArchive } from './xlsx-archive.ts';
import { readSheet, type MergedCells, type SheetFacts } from './xlsx-sheet.ts';
import type { XlsxSheet, XlsxWorkbook } from './xlsx-workbook.ts';

/** A sheet that was written as CSV. */
export interface WrittenSheet {
  /** The cells that hold something; null when none does. */
  readonly used: MergedCells | null;
  readonly filledCount: number;
  readonly facts: SheetFacts;
}

/** Empty rows between others are kept, so that lines are rows of the sheet; not millions of them. */
const mostEmptyRows = 1_000;
const flushCharacters = 262_144;

function field(value: string): string {
  return /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** The values that merged cells give to the rows below their first one, in their first column. */
function createFilling(merged: readonly MergedCells[]) {
  // A title that is merged over several columns is one value; a group that is merged over several rows is the value of each.
  const tall = merged.filter(({ firstRow, lastRow }) => lastRow > firstRow).toSorted((one, other) => one.firstRow - other.firstRow);
  const active = new Map<number, { readonly lastRow: number; readonly value: string }>();
  let next = 0;
  let filledCount = 0;
  return {
    apply(row: number, cells: ReadonlyMap<number, string>): ReadonlyMap<number, string> {
      for (; (tall[next]?.firstRow ?? Infinity) <= row; next += 1) {
        const range = tall[next];
        const value = range?.firstRow === row ? cells.get(range.firstColumn) : undefined;
        if (range !== undefined && value !== undefined) active.set(range.firstColumn, { lastRow: range.lastRow, value });
      }
      if (active.size === 0) return cells;
      const filled = new Map(cells);
      for (const [column, { lastRow, value }] of active) {
        if (row > lastRow) active.delete(column);
        else if (!cells.has(column)) {
          filled.set(column, value);
          filledCount += 1;
        }
      }
      return filled;
    },
    count: () => filledCount,
  };
}

interface Attempt {
  readonly firstColumn: number;
  readonly lastColumn: number;
  readonly merged: readonly MergedCells[];
}

async function write(
  archive: XlsxArchive,
  workbook: XlsxWorkbook,
  sheet: XlsxSheet,
  path: string,
  { firstColumn, lastColumn, merged }: Attempt,
  maxBytes: number,
): Promise<WrittenSheet> {
  await using target = await open(path, 'w', 0o600);
  const filling = createFilling(merged);
  let used: MergedCells | null = null;
  let pending = '';
  let byteCount = 0;
  const source = await archive.read(sheet.part);
  const flush = async (): Promise<void> => {
    const text = pending;
    pending = '';
    await target.writeFile(text);
  };
  const facts = await readSheet(source, workbook, {
    row(number, found) {
      const columns = [...found.keys()];
      const cells = filling.apply(number, found);
      const gap = used === null ? 0 : Math.min(number - used.lastRow - 1, mostEmptyRows);
      used = {
        firstRow: used?.firstRow ?? number,
        lastRow: number,
        firstColumn: Math.min(used?.firstColumn ?? Infinity, ...columns),
        lastColumn: Math.max(used?.lastColumn ?? 0, ...columns),
      };
      const values: string[] = [];
      for (let column = firstColumn; column <= lastColumn; column += 1) values.push(field(cells.get(column) ?? ''));
      const line = `${'\n'.repeat(Math.max(0, gap))}${values.join(',')}\n`;
      byteCount += Buffer.byteLength(line);
      if (byteCount > maxBytes) throw new ChildFailure('PAYLOAD_TOO_LARGE', `The sheet is larger than ${maxBytes} bytes when it is unpacked.`);
      pending += line;
    },
    async isDone() {
      if (pending.length > flushCharacters) await flush();
      return false;
    },
  });
  await flush();
  return { used, filledCount: filling.count(), facts };
}

/**
 * Writes a sheet as CSV with commas, in UTF-8: the used rectangle of it, each row with as many fields.
 *
 * Most sheets say truly which rectangle they use, and are read once; the others, and those with groups merged over rows, twice.
 *
 * @param maxBytes how large the CSV may become
 * @param maxColumns beyond which the width that a sheet says is not believed
 */
export async function writeSheet(
  archive: XlsxArchive,
  workbook: XlsxWorkbook,
  sheet: XlsxSheet,
  path: string,
  limits: { readonly maxBytes: number; readonly maxColumns: number },
): Promise<WrittenSheet> {
  const said = (await peekDimension(archive, workbook, sheet)) ?? null;
  const first = said !== null && said.lastColumn - said.firstColumn < limits.maxColumns ? said : { firstColumn: 1, lastColumn: 1 };
  const written = await write(archive, workbook, sheet, path, { ...first, merged: [] }, limits.maxBytes);
  const { used, facts } = written;
  if (used === null) return written;
  const isExact = used.firstColumn === first.firstColumn && used.lastColumn === first.lastColumn;
  const isMergedOverRows = facts.merged.some(({ firstRow, lastRow }) => lastRow > firstRow);
  if (isExact && !isMergedOverRows) return written;
  if (used.lastColumn - used.firstColumn >= limits.maxColumns) {
    const count = used.lastColumn - used.firstColumn + 1;
    throw new ChildFailure(
      'UNSUPPORTED_FILE',
      `The sheet "${sheet.name}" has ${count} columns; at most ${limits.maxColumns} can be read. Remove those that do not matter.`,
    );
  }
  return write(archive, workbook, sheet, path, { firstColumn: used.firstColumn, lastColumn: used.lastColumn, merged: facts.merged }, limits.maxBytes);
}

/** The rectangle that a sheet says to use, which stands before its cells. */
export async function peekDimension(archive: XlsxArchive, workbook: XlsxWorkbook, sheet: XlsxSheet): Promise<MergedCells | null> {
  const source = await archive.read(sheet.part);
  const { dimension } = await readSheet(source, workbook, { row: () => undefined, isDone: () => true });
  source.destroy();
  return dimension;
}
