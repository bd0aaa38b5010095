import { z } from 'zod';
import { badInput } from './errors.ts';

/** A place in a list that is ordered by a moment and then by id. */
export interface Position {
  readonly at: Date;
  readonly id: string;
}

/**
 * One page of a keyset-paginated list: up to `limit` rows after (and before) a position. `isReversed` asks for the rows nearest to the end,
 * still to be returned in the order in which they were read, that is, from the end backwards.
 */
export interface Page {
  readonly after: Position | null;
  readonly before: Position | null;
  readonly limit: number;
  readonly isReversed: boolean;
}

const cursorShape = z.tuple([z.iso.datetime(), z.uuid()]);

/** The cursor of a position: opaque to clients. */
export function encodeCursor(position: Position): string {
  return Buffer.from(JSON.stringify([position.at.toISOString(), position.id])).toString('base64url');
}

/**
 * The position of a cursor.
 *
 * @param cursor what `encodeCursor` made
 * @param argument the argument that it came in, for the error
 * @throws AppError BAD_USER_INPUT when it is not a cursor of this API
 */
export function decodeCursor(cursor: string, argument: 'after' | 'before'): Position {
  try {
    const [at, id] = cursorShape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { at: new Date(at), id };
  } catch {
    throw badInput([argument], `"${cursor.slice(0, 40)}" is not a cursor of this list; use the "endCursor" or "startCursor" of a page.`);
  }
}
