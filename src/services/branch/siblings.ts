import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { LoadedMessage } from '../message.ts';
import { messageColumns } from '../message-columns.ts';
import type { Statements } from '../../stores/statements.ts';

/** A message among those that follow the same one. */
export interface SiblingPlace {
  /** From 0, the oldest. */
  readonly index: number;
  readonly count: number;
}

/** Reading what stands beside and below messages. */
export type Siblings = ReturnType<typeof createSiblings>;

/** Of one message; whoever has more edits than this has no use for a list. */
const mostListed = 100;

/** Those beside each message `mine`, itself among them. First messages have no parent, and depth 0; "active or not" is what the index wants to hear. */
const beside = `
  SELECT s.id, s.created_at FROM messages s WHERE s.parent_id = mine.parent_id
  UNION ALL
  SELECT s.id, s.created_at FROM messages s WHERE mine.parent_id IS NULL AND s.conversation_id = mine.conversation_id
    AND s.is_active IN (true, false) AND s.depth = 0`;

const mine = `
  SELECT m.id, m.parent_id, m.conversation_id, m.created_at FROM messages m
  JOIN participations a ON a.conversation_id = m.conversation_id AND a.user_id = $2::uuid WHERE m.id = ANY($1::uuid[])`;

/** Creates the service over the shared pool. */
export function createSiblings({ statements }: { readonly statements: Statements }) {
  /** Lists of messages, by the message that they belong to. */
  const listed = async (viewer: Viewer | null, ids: readonly string[], of: string): Promise<ReadonlyMap<string, readonly LoadedMessage[]>> => {
    const { userId } = requireViewer(viewer);
    const { rows } = await statements.query<LoadedMessage & { readonly besideId: string }>(
      `SELECT mine.id AS "besideId", ${messageColumns} FROM (${mine}) AS mine
       CROSS JOIN LATERAL (${of} ORDER BY created_at, id LIMIT ${mostListed}) AS listed JOIN messages m ON m.id = listed.id
       ORDER BY mine.id, m.created_at, m.id`,
      [ids, userId],
    );
    return Map.groupBy(rows, (row) => row.besideId);
  };

  return {
    /** Where each message stands among its siblings, in one statement. */
    placesOf: async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, SiblingPlace>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<SiblingPlace & { readonly id: string }>(
        `SELECT mine.id, place.index, place.count FROM (${mine}) AS mine CROSS JOIN LATERAL (
           SELECT count(*)::int AS count, (count(*) FILTER (WHERE (s.created_at, s.id) < (mine.created_at, mine.id)))::int AS index FROM (${beside}) AS s
         ) AS place`,
        [ids, userId],
      );
      return new Map(rows.map(({ id, index, count }) => [id, { index, count }]));
    },

    /** The messages beside each one, itself among them, the oldest first; at most 100. */
    besides: (viewer: Viewer | null, ids: readonly string[]) => listed(viewer, ids, beside),

    /** The messages that follow each one, the oldest first; at most 100. */
    childrenOf: (viewer: Viewer | null, ids: readonly string[]) => listed(viewer, ids, 'SELECT c.id, c.created_at FROM messages c WHERE c.parent_id = mine.id'),
  };
}
