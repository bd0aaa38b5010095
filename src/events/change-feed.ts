import type { Pool } from 'pg';
import { z } from 'zod';
import type { Reader } from '../base/takeable.ts';
import { createStateReader } from './reader.ts';
import { createWakes } from './wakes.ts';

/** The kinds of things whose changes are told, as the triggers of the database name them. */
export const changedThings = [
  'Conversation',
  'DailyPlan',
  'DerivedTable',
  'File',
  'Goal',
  'Invitation',
  'KnowledgeBase',
  'Persona',
  'PlanItem',
  'PlanProposal',
  'PlannerSettings',
  'PromptTemplate',
  'Recurrence',
  'Session',
  'User',
  'WeeklyPlan',
  'Workspace',
] as const;

/** One of them. */
export type ChangedThing = (typeof changedThings)[number];

/** A thing that was made, changed or deleted, or that came into or out of sight. */
export interface Change {
  readonly thing: ChangedThing;
  readonly id: string;
}

/** Where somebody stands in what has changed. */
export interface FeedPosition {
  /** Of the transactions below this number all is known. */
  readonly transaction: bigint;
  /** When that was, by the clock of the database: what changed long before is forgotten. */
  readonly at: Date;
}

/** What has changed since the last one. */
export interface ChangeSet {
  readonly position: FeedPosition;
  /** Whether more may have changed than is known. */
  readonly isReset: boolean;
  readonly changes: readonly Change[];
}

/** What changes of what people may see, on whichever node. */
export interface ChangeFeed {
  readonly channel: string;
  /**
   * Follows what changes for a person: at first what has changed since a position, nothing without one, and then whenever something changes. A thing
   * may be told of twice, and is never left out. Ends when the person is gone.
   *
   * @param after where to go on; null for now
   */
  follow(userId: string, after: FeedPosition | null): Reader<ChangeSet>;
  /** Forgets what nobody can go on from any more; returns how much that was. */
  forgetOld(): Promise<number>;
  /** Called with the payload of a notification on `channel`. */
  notified(payload: string): void;
  /** Notifications may have been lost: everybody looks again. */
  wakeAll(): void;
}

const mostAtOnce = 100;

/** How long a client may be away and still be told of what has changed; about a month. */
const keptDays = 30;

// In one statement, so that the snapshot that is asked for is the one that the rows are read with. A row without a thing stands for none.
const listChanges = `
  SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS oldest, pg_snapshot_xmax(pg_current_snapshot())::text AS next, now() AS at,
    EXISTS (SELECT FROM users WHERE id = $1::uuid) AS "isHere", c.*
  FROM (VALUES (1)) AS always LEFT JOIN LATERAL (
    SELECT thing, thing_id AS id, transaction::text AS transaction FROM changes
    WHERE user_id = $1::uuid AND transaction >= coalesce($2::bigint, pg_snapshot_xmin(pg_current_snapshot())::text::bigint) ORDER BY transaction, thing, thing_id LIMIT $3::int
  ) c ON true ORDER BY c.transaction::bigint, c.thing, c.id`;

// Transactions that have not begun are those of the database that this one was moved from. A day is kept longer, for what a long transaction changed at
// its beginning.
const forget = `
  DELETE FROM changes WHERE changed_at < now() - make_interval(days => $1)
    OR transaction >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint`;

const numberText = z.string().transform(BigInt);

const rowShape = z.object({
  oldest: numberText,
  next: numberText,
  at: z.date(),
  isHere: z.boolean(),
  thing: z.enum(changedThings).nullable(),
  id: z.string().nullable(),
  transaction: numberText.nullable(),
});

interface Told extends Change {
  readonly transaction: bigint;
}

const nameOf = ({ thing, id, transaction }: Told): string => `${thing} ${id} ${transaction}`;

/**
 * The feed on PostgreSQL, whose triggers write it.
 *
 * A number that counts changes would leave some out: a transaction may take its number first and be seen last. So what is kept is the number of the
 * transaction, and a position is the oldest one that still ran (`pg_snapshot_xmin`): everything below is known for good, and what is above it and
 * was told already is remembered as long as the reader lives.
 * https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
 *
 * @param options.pollIntervalMs after how long a follower looks again without having been woken
 */
export function createChangeFeed({ pool, pollIntervalMs }: { readonly pool: Pool; readonly pollIntervalMs: number }): ChangeFeed {
  const wakes = createWakes(pollIntervalMs);

  /** What transactions from a number on have changed; without one, those that some reader may not see yet. */
  const list = async (userId: string, from: bigint | null, limit: number) => {
    const { rows } = await pool.query<Record<string, unknown>>({ name: 'list-changes', text: listChanges, values: [userId, from?.toString() ?? null, limit] });
    const [first, ...others] = z.array(rowShape).parse(rows);
    if (first === undefined) throw new Error('a statement that always gives a row gave none');
    const told = [first, ...others].flatMap(({ thing, id, transaction }): Told[] =>
      thing === null || id === null || transaction === null ? [] : [{ thing, id, transaction }],
    );
    return { ...first, told };
  };

  return {
    channel: 'changes',

    follow(userId, after) {
      let position = after;
      let isFirst = true;
      /** What was told of transactions that `position` does not cover. */
      let known = new Set<string>();

      return createStateReader<ChangeSet>({
        fetch: async () => {
          const limit = mostAtOnce + known.size;
          const { oldest, next, at, isHere, told } = await list(userId, position?.transaction ?? null, limit);
          if (!isHere) return { state: null, ended: true };
          // Numbers above all that the database has given come from another one: it was moved.
          const isReset = position !== null && (position.transaction > next || at.getTime() - position.at.getTime() > keptDays * 86_400_000);
          // Whoever begins has it already: they fetch what they show after this.
          const isBeginning = position === null || isReset;
          const news = isBeginning ? [] : told.filter((change) => !known.has(nameOf(change)));
          const last = told.at(-1);
          const isCutOff = !isBeginning && told.length === limit && last !== undefined && last.transaction < oldest;
          const covered = isCutOff ? last.transaction : oldest;
          position = { transaction: covered, at };
          known = new Set(told.filter(({ transaction }) => transaction >= covered).map(nameOf));
          if (news.length === 0 && !isFirst) return { state: null, ended: false };
          isFirst = false;
          return { state: { position, isReset, changes: news.map(({ thing, id }) => ({ thing, id })) }, ended: false };
        },
        subscribe: (wake) => wakes.subscribe(userId, wake),
      });
    },

    forgetOld: async () => {
      const { rowCount } = await pool.query(forget, [keptDays + 1]);
      return rowCount ?? 0;
    },
    notified: (payload) => wakes.wake(payload),
    wakeAll: () => wakes.wakeAll(),
  };
}
