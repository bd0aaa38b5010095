import { z } from 'zod';
import { badInput } from '../../base/errors.ts';

/** Where a hit stands among the hits of a query. */
export interface SearchPosition {
  readonly score: number;
  readonly subjectId: string;
  /** When the first page was read: what came later is not among the hits, so that pages fit together. */
  readonly asOf: Date;
}

const shape = z.tuple([z.number(), z.uuid(), z.iso.datetime()]);

/** The cursor of a hit: opaque to clients. */
export function encodeSearchCursor({ score, subjectId, asOf }: SearchPosition): string {
  return Buffer.from(JSON.stringify([score, subjectId, asOf.toISOString()])).toString('base64url');
}

/**
 * The position of a cursor.
 *
 * @throws AppError BAD_USER_INPUT when it is not one of a search
 */
export function decodeSearchCursor(cursor: string): SearchPosition {
  try {
    const [score, subjectId, asOf] = shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { score, subjectId, asOf: new Date(asOf) };
  } catch {
    throw badInput(['after'], `"${cursor.slice(0, 40)}" is not a cursor of a search; use the "endCursor" of a page.`);
  }
}
