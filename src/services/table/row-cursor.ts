import { z } from 'zod';
import { badInput } from '../../base/errors.ts';
import type { StoredTable } from './stored-tables.ts';

const cursorShape = z.tuple([z.int().positive(), z.int().nonnegative()]);

/** The cursor of a row: its number in the file, whatever the order. What stands in the row is read when the cursor comes back. */
export function encodeRowCursor(table: StoredTable, number: number): string {
  return Buffer.from(JSON.stringify([table.revision, number])).toString('base64url');
}

/**
 * The number of the row that a cursor stands for.
 *
 * @param argument the argument that it came in, for the error
 * @throws AppError BAD_USER_INPUT when it is not a cursor of this table as it is now
 */
export function decodeRowCursor(table: StoredTable, cursor: string, argument: 'after' | 'before'): number {
  let place: readonly [number, number] | null = null;
  try {
    place = cursorShape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw badInput([argument], `"${cursor.slice(0, 40)}" is not a cursor of these rows; use the "endCursor" or "startCursor" of a page.`);
  }
  const [revision, number] = place;
  if (revision !== table.revision || number >= table.rowCount) {
    throw badInput([argument], 'This cursor is of the table as it was before it was read anew; begin again from the first page.');
  }
  return number;
}
