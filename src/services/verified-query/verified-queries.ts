import { z } from 'zod';
import type { VerifiedQuery as VerifiedQueryRow } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { badInput, notFound } from '../../base/errors.ts';
import { isUuid, type IdSource } from '../../base/id.ts';
import { normalQuestion } from '../../base/normal-question.ts';
import { parseInput } from '../../base/validate.ts';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import type { Querier } from '../data-tools/data-tools.ts';
import type { SessionTables, TablesOwner } from '../session/tables.ts';
import { nearestFirst } from './likeness.ts';

/** A question with the SQL that a person found right. */
export type VerifiedQuery = VerifiedQueryRow;

/** Questions with verified SQL, as an engine is shown them. */
export interface VerifiedExample {
  readonly question: string;
  readonly sql: string;
}

/** Questions with verified SQL. Each is seen by the owner of its session alone. */
export interface VerifiedQueries {
  /**
   * Runs the SQL once, and keeps it with its question. The same question again, however it is written, takes the new SQL.
   *
   * @throws AppError NOT_FOUND for the session, BAD_USER_INPUT, and what running the SQL throws; nothing is kept then
   */
  save(
    viewer: Viewer | null,
    input: { readonly sessionId: string; readonly question: string; readonly sql: string },
    signal: AbortSignal,
  ): Promise<VerifiedQuery>;
  /** Those of some sessions, in the order in which they were first saved. */
  ofSessions(viewer: Viewer | null, sessionIds: readonly string[]): Promise<ReadonlyMap<string, readonly VerifiedQuery[]>>;
  /** Those with some ids that the viewer may see, by their ids. */
  byIds(viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, VerifiedQuery>>;
  /** @throws AppError NOT_FOUND */
  delete(viewer: Viewer | null, id: string): Promise<VerifiedQuery>;
  /** The few that are nearest to a question, nearest first, as far as they are not too long; the very question comes first of all. */
  nearest(owner: TablesOwner, question: string): Promise<readonly VerifiedExample[]>;
}

/** What `createVerifiedQueries` stands on. */
export interface VerifiedQueriesDependencies {
  readonly prisma: PrismaClient;
  readonly duckdb: Querier;
  readonly tables: SessionTables;
  readonly newId: IdSource;
  readonly clock: Clock;
}

/** The most that a session keeps; `Session.verifiedQueries` is a list because of it. */
const mostOfSession = 100;
const mostExamples = 5;
/** An engine pays for each character. */
const longestExamples = 6_000;

const input = z.object({
  question: z
    .string()
    .trim()
    .min(1, 'The question is empty; write it as people would ask it.')
    .max(500, 'The question is longer than 500 characters.')
    .refine((text) => normalQuestion(text) !== '', 'The question has no word in it.')
    .refine((text) => !text.includes('\u0000'), 'The question must not contain the character U+0000.'),
  sql: z
    .string()
    .trim()
    .min(1, 'The SQL is empty.')
    .max(20_000, 'The SQL is longer than 20,000 characters.')
    .refine((text) => !text.includes('\u0000'), 'The SQL must not contain the character U+0000.'),
});

/** Makes the service. */
export function createVerifiedQueries({ prisma, duckdb, tables, newId, clock }: VerifiedQueriesDependencies): VerifiedQueries {
  async function byIds(viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, VerifiedQuery>> {
    const { userId } = requireViewer(viewer);
    const found = await prisma.verifiedQuery.findMany({ where: { id: { in: ids.filter(isUuid) }, ownerId: userId } });
    return new Map(found.map((row) => [row.id, row]));
  }

  return {
    async save(viewer, { sessionId, ...given }, signal) {
      const { userId } = requireViewer(viewer);
      const session = isUuid(sessionId) ? await prisma.session.findFirst({ where: { id: sessionId, ownerId: userId }, select: { id: true } }) : null;
      if (session === null) throw notFound('Session');
      const { question, sql } = parseInput(input, given);
      await duckdb.query({ tables: await tables.list({ sessionId, userId }), sql, maxRows: 1, userKey: userId }, signal);
      return prisma.$transaction(async (transaction) => {
        // Whoever saves the same question at the same time waits, and then finds this one.
        const { count } = await transaction.session.updateMany({ where: { id: sessionId, ownerId: userId }, data: { updatedAt: clock.now() } });
        if (count === 0) throw notFound('Session');
        const known = await transaction.verifiedQuery.findMany({ where: { sessionId }, select: { id: true, question: true } });
        const same = known.find((one) => normalQuestion(one.question) === normalQuestion(question));
        if (same !== undefined) return transaction.verifiedQuery.update({ where: { id: same.id }, data: { question, sql } });
        if (known.length >= mostOfSession)
          throw badInput(
            ['input', 'question'],
            `The session keeps ${known.length} verified queries already, the most that it can; delete one that is not needed.`,
          );
        return transaction.verifiedQuery.create({ data: { id: newId(), ownerId: userId, sessionId, question, sql, createdAt: clock.now() } });
      });
    },

    async ofSessions(viewer, sessionIds) {
      const { userId } = requireViewer(viewer);
      const found = await prisma.verifiedQuery.findMany({
        where: { sessionId: { in: [...sessionIds] }, ownerId: userId },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      });
      return Map.groupBy(found, (row) => row.sessionId);
    },

    byIds,

    async delete(viewer, id) {
      const row = (await byIds(viewer, [id])).get(id);
      if (row === undefined) throw notFound('VerifiedQuery');
      const { count } = await prisma.verifiedQuery.deleteMany({ where: { id: row.id, ownerId: row.ownerId } });
      if (count === 0) throw notFound('VerifiedQuery');
      return row;
    },

    async nearest({ sessionId, userId }, question) {
      const found = await prisma.verifiedQuery.findMany({ where: { sessionId, ownerId: userId }, select: { question: true, sql: true }, take: mostOfSession });
      let length = 0;
      return nearestFirst(found, question)
        .slice(0, mostExamples)
        .filter((one) => (length += one.question.length + one.sql.length) <= longestExamples);
    },
  };
}
