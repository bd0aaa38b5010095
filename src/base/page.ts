import { z } from 'zod';
import { badInput } from './errors.ts';

/** A place in a list that is ordered by a moment and then by id. */
export interface Position {
  readonly at: Date;
  readonly id: string;
  /** Which part of the list, of one that is ordered by parts before the moment; 0 where there are none. */
  readonly part?: number;
}

/** A place in a list that is ordered by some value and then by id. */
export interface SortedPlace {
  /** The value as text; null for a row that has none. */
  readonly key: string | null;
  readonly id: string;
}

/**
 * One page of a keyset-paginated list: up to `limit` rows after (and before) a place. `isReversed` asks for the rows nearest to the end,
 * still to be returned in the order in which they were read, that is, from the end backwards.
 */
export interface Page<Place = Position> {
  readonly after: Place | null;
  readonly before: Place | null;
  readonly limit: number;
  readonly isReversed: boolean;
}

const cursorShape = z.tuple([z.iso.datetime(), z.uuid(), z.int32().default(0)]);

/** How places in a list are written as cursors, which are opaque to clients. */
export interface Cursors<Place> {
  readonly encode: (place: Place) => string;
  /** @throws AppError BAD_USER_INPUT when it is not a cursor of the list */
  readonly decode: (cursor: string, argument: 'after' | 'before') => Place;
}

const write = (parts: readonly unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

/**
 * What stands in a cursor.
 *
 * @param argument the argument that it came in, for the error
 * @throws AppError BAD_USER_INPUT when it is not of this shape
 */
function read<Shape extends z.ZodType>(shape: Shape, cursor: string, argument: 'after' | 'before'): z.output<Shape> {
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw badInput([argument], `"${cursor.slice(0, 40)}" is not a cursor of this list; use the "endCursor" or "startCursor" of a page.`);
  }
}

/** The cursors of lists that are ordered by a moment. */
export const momentCursors: Cursors<Position> = {
  encode: ({ at, id, part = 0 }) => write(part === 0 ? [at.toISOString(), id] : [at.toISOString(), id, part]),
  decode: (cursor, argument) => {
    const [at, id, part] = read(cursorShape, cursor, argument);
    return part === 0 ? { at: new Date(at), id } : { at: new Date(at), id, part };
  },
};

/**
 * The cursors of a list that is ordered by one of several values. A cursor of another order is none of them.
 *
 * @param order the name of the order
 * @param shape what its values look like as texts
 */
export function sortedCursors(order: string, shape: z.ZodType<string>): Cursors<SortedPlace> {
  const placeShape = z.tuple([z.literal(order), shape.nullable(), z.uuid()]);
  return {
    encode: ({ key, id }) => write([order, key, id]),
    decode: (cursor, argument) => {
      const [, key, id] = read(placeShape, cursor, argument);
      return { key, id };
    },
  };
}
