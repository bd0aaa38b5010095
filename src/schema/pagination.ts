import { badInput } from '../base/errors.ts';
import { momentCursors, type Cursors, type Page, type Position } from '../base/page.ts';

/** The arguments of every connection. */
export interface ConnectionArguments {
  readonly first?: number | null | undefined;
  readonly last?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly before?: string | null | undefined;
}

/** The rows of a connection for which neither `first` nor `last` is given. */
export const defaultPageSize = 20;
const largestPageSize = 100;

/**
 * Makes sure of a page size.
 *
 * @throws AppError BAD_USER_INPUT for one outside 1 to 100
 */
export function checkSize(name: 'first' | 'last', size: number | null | undefined): void {
  if (size === null || size === undefined) return;
  if (size < 1 || size > largestPageSize) throw badInput([name], `"${name}" is ${size}; it must be from 1 to ${largestPageSize}.`);
}

/**
 * The size of a page that only goes forwards.
 *
 * @throws AppError BAD_USER_INPUT for one outside 1 to 100
 */
export function sizeOf(first: number | null | undefined): number {
  checkSize('first', first);
  return first ?? defaultPageSize;
}

/** A row in a page. */
interface Edge<Row> {
  readonly cursor: string;
  readonly node: Row;
}

/** A connection as the Relay specification describes it. */
export interface Connection<Row> {
  readonly edges: Edge<Row>[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/**
 * The page that connection arguments ask for.
 *
 * @param args `first`, `last`, `after`, `before`; 20 rows when neither size is given
 * @returns the page, with a limit one above the size so that it shows whether there are more
 * @throws AppError BAD_USER_INPUT for a size outside 1 to 100 or a cursor that is not ours
 */
function pageOf<Place>(args: ConnectionArguments, cursors: Cursors<Place>): Page<Place> {
  checkSize('first', args.first);
  checkSize('last', args.last);
  if (args.first != null && args.last != null) throw badInput(['last'], 'Give either "first" or "last", not both.');
  return {
    after: args.after == null ? null : cursors.decode(args.after, 'after'),
    before: args.before == null ? null : cursors.decode(args.before, 'before'),
    limit: (args.first ?? args.last ?? defaultPageSize) + 1,
    isReversed: args.last != null,
  };
}

/**
 * The rows of a page as a Relay connection (https://relay.dev/graphql/connections.htm).
 *
 * @param page what was asked for
 * @param found up to `page.limit` rows in the order in which they were read
 * @param cursorOf the cursor of a row; few clients ask for that of every one, so each is made when it is asked for
 */
function connectionOf<Row, Place>(page: Page<Place>, found: readonly Row[], cursorOf: (row: Row) => string): Connection<Row> {
  const size = page.limit - 1;
  const hasMore = found.length > size;
  const kept = found.slice(0, size);
  const rows = page.isReversed ? kept.toReversed() : kept;
  const cursorAt = (place: number): string | null => {
    const row = rows.at(place);
    return row === undefined ? null : cursorOf(row);
  };
  const edgeOf = (node: Row): Edge<Row> => ({
    get cursor() {
      return cursorOf(node);
    },
    node,
  });
  return {
    edges: rows.map(edgeOf),
    pageInfo: {
      hasNextPage: page.isReversed ? page.before !== null : hasMore,
      hasPreviousPage: page.isReversed ? hasMore : page.after !== null,
      get startCursor() {
        return cursorAt(0);
      },
      get endCursor() {
        return cursorAt(-1);
      },
    },
  };
}

/**
 * A page, loaded and shaped in one step, of a list with cursors of its own.
 *
 * @param load reads up to `page.limit` rows
 * @param placeOf where a row stands in the list
 */
export async function paginateBy<Row, Place>(
  cursors: Cursors<Place>,
  args: ConnectionArguments,
  load: (page: Page<Place>) => Promise<readonly Row[]>,
  placeOf: (row: Row) => Place,
): Promise<Connection<Row>> {
  const page = pageOf(args, cursors);
  return connectionOf(page, await load(page), (row) => cursors.encode(placeOf(row)));
}

/** The same of a list that is ordered by a moment and then by id. */
export function paginate<Row>(
  args: ConnectionArguments,
  load: (page: Page) => Promise<readonly Row[]>,
  positionOf: (row: Row) => Position,
): Promise<Connection<Row>> {
  return paginateBy(momentCursors, args, load, positionOf);
}
