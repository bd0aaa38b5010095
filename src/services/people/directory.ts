import { z } from 'zod';
import { requireAdmin } from '../../auth/require-admin.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { notFound } from '../../base/errors.ts';
import { isUuid } from '../../base/id.ts';
import type { Page } from '../../base/page.ts';
import { parseInput } from '../../base/validate.ts';
import { keysetSql } from '../keyset.ts';
import { isCompanion } from './companion.ts';
import type { PeopleDependencies } from './deps.ts';
import { personOf, type Person, type PersonRow } from './person.ts';

const searchShape = z.string().trim().min(1, 'must not be empty; leave it out to list everybody').max(200, 'has at most 200 characters').nullish();

const columns = `u.id, u.email, u.username, u.full_name AS "fullName", u.locale, u.role::text AS role, u.created_at AS "createdAt",
  u.disabled_at AS "disabledAt", u.disabled_reason AS "disabledReason"`;

/** Who is seen by whom. */
export function createDirectory({ pool }: Pick<PeopleDependencies, 'pool'>) {
  /** People by id, as far as the viewer may see them: the viewer, whoever shares a conversation or a workspace with them, to an administrator everybody. */
  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, Person>> => {
    const { userId, role } = requireViewer(viewer);
    const isAdmin = role === 'ADMIN';
    const { rows } = await pool.query<PersonRow>(
      `SELECT ${columns} FROM users u WHERE u.id = ANY($1::uuid[]) AND u.deleting_since IS NULL AND ($3::boolean OR u.id = $2::uuid OR ${isCompanion('$2::uuid', 'u.id')})`,
      [ids.filter(isUuid), userId, isAdmin],
    );
    return new Map(rows.map((row) => [row.id, personOf(row, userId, isAdmin)]));
  };

  return {
    byIds,

    /** Who wrote these messages, by the ids of the messages: as far as the viewer may see those, also when the author takes no part any more. */
    async authorsOf(viewer: Viewer | null, messageIds: readonly string[]): Promise<ReadonlyMap<string, Person>> {
      const { userId, role } = requireViewer(viewer);
      const { rows } = await pool.query<PersonRow & { readonly messageId: string }>(
        `SELECT m.id AS "messageId", ${columns} FROM messages m JOIN users u ON u.id = m.author_id AND u.deleting_since IS NULL
         WHERE m.id = ANY($1::uuid[]) AND EXISTS (SELECT 1 FROM participations a WHERE a.conversation_id = m.conversation_id AND a.user_id = $2::uuid)`,
        [messageIds, userId],
      );
      return new Map(rows.map(({ messageId, ...row }) => [messageId, personOf(row, userId, role === 'ADMIN')]));
    },

    /** @throws AppError UNAUTHENTICATED; NOT_FOUND for whom the viewer may not see */
    async get(viewer: Viewer | null, id: string): Promise<Person> {
      const person = (await byIds(viewer, [id])).get(id);
      if (person === undefined) throw notFound('User');
      return person;
    },

    /**
     * Everybody who has an account, the newest first.
     *
     * @param search a part of an e-mail address, a username or a full name, in any case
     * @throws AppError UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT
     */
    async list(viewer: Viewer | null, search: string | null | undefined, page: Page): Promise<readonly Person[]> {
      const { userId } = requireAdmin(viewer);
      const wanted = parseInput(searchShape, search, ['search']) ?? null;
      const keyset = keysetSql(page, 'DESC', 'u.created_at', 'u.id', 2);
      // `strpos` and not LIKE, in which "_" and "%" of an address would mean something else.
      const { rows } = await pool.query<PersonRow>(
        `SELECT ${columns} FROM users u
         WHERE u.deleting_since IS NULL
           AND ($1::text IS NULL OR strpos(lower(concat_ws(E'\\n', u.email, u.username, u.full_name)), lower($1)) > 0)${keyset.where} ${keyset.limit}`,
        [wanted, ...keyset.values],
      );
      return rows.map((row) => personOf(row, userId, true));
    },
  };
}
