import { z } from 'zod';
import { Prisma, type PrismaClient } from '../../../prisma/generated/client.ts';
import type { OpaqueTokens } from '../../auth/opaque-tokens.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { IdSource } from '../../base/id.ts';
import { networkOf } from '../../base/network.ts';
import type { Page } from '../../base/page.ts';
import { parseInput } from '../../base/validate.ts';
import type { Limiter } from '../../limits/limiter.ts';
import type { Statements } from '../../stores/statements.ts';
import { requireAllowance } from '../allowance.ts';
import { keysetSql } from '../keyset.ts';
import { dateIn } from '../planner/calendar.ts';
import { lineText } from '../planner/input.ts';
import { calendarText } from './calendar-text.ts';
import { feedContent, fingerprintOf, type FeedOwner } from './feed-content.ts';
import { feedEvents } from './feed-events.ts';

/** A feed, as its owner sees it. */
export interface CalendarFeedRow {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  /** To the minute. */
  readonly lastReadAt: Date | null;
}

/** A calendar that a program asks for. */
export interface CalendarReading {
  /** Another one after every change. */
  readonly version: string;
  /** To the second. */
  readonly changedAt: Date;
  /** Makes the text, for a reader that has an older one. */
  text(): Promise<string>;
}

/** Secret addresses under which calendar programs read somebody's plans. */
export type CalendarFeeds = ReturnType<typeof createCalendarFeeds>;

/** What it stands on. */
export interface CalendarFeedDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly tokens: OpaqueTokens;
  /** How often an address may read. */
  readonly limiter: Limiter;
}

const mostFeeds = 20;
const minute = 60_000;
const columns = 'f.id, f.name, f.created_at AS "createdAt", f.last_read_at AS "lastReadAt"';
const nameInput = z.object({ name: lineText(100) });

interface StoredFeed extends Omit<FeedOwner, 'today'> {
  readonly id: string;
  readonly fingerprint: string | null;
  readonly changedAt: Date | null;
  readonly lastReadAt: Date | null;
}

/** A moment without its fraction of a second: headers of HTTP have none. */
const wholeSecond = (milliseconds: number): Date => new Date(Math.floor(milliseconds / 1_000) * 1_000);

/** Creates the service. */
export function createCalendarFeeds({ prisma, statements, clock, newId, tokens, limiter }: CalendarFeedDependencies) {
  /** Remembers that it was read, and since when it stands as it does; a change in the same second counts for the next one. */
  const remember = async (feed: StoredFeed, fingerprint: string): Promise<Date> => {
    const now = clock.now();
    const isSame = feed.fingerprint === fingerprint && feed.changedAt !== null;
    const changedAt = isSame && feed.changedAt !== null ? feed.changedAt : wholeSecond(Math.max(now.getTime(), (feed.changedAt?.getTime() ?? 0) + 1_000));
    if (isSame && feed.lastReadAt !== null && now.getTime() - feed.lastReadAt.getTime() < minute) return changedAt;
    await prisma.calendarFeed.updateMany({ where: { id: feed.id }, data: { fingerprint, changedAt, lastReadAt: now } });
    return changedAt;
  };

  return {
    /** Those of some feeds that are the viewer's. */
    byIds: async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, CalendarFeedRow>> => {
      const { userId } = requireViewer(viewer);
      const text = `SELECT ${columns} FROM calendar_feeds f WHERE f.id = ANY($1::uuid[]) AND f.owner_id = $2::uuid`;
      const { rows } = await statements.query<CalendarFeedRow>(text, [ids, userId]);
      return new Map(rows.map((feed) => [feed.id, feed]));
    },

    /** The viewer's feeds, newest first. */
    list: async (viewer: Viewer | null, page: Page): Promise<readonly CalendarFeedRow[]> => {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'DESC', 'f.created_at', 'f.id', 2);
      const text = `SELECT ${columns} FROM calendar_feeds f WHERE f.owner_id = $1::uuid${keyset.where} ${keyset.limit}`;
      return (await statements.query<CalendarFeedRow>(text, [userId, ...keyset.values])).rows;
    },

    /**
     * Makes a feed.
     *
     * @returns the feed, and its token: to be shown once, for only a hash is kept
     * @throws AppError BAD_USER_INPUT; CONFLICT when the viewer has as many as are allowed
     */
    create: async (viewer: Viewer | null, input: { readonly name: string }): Promise<{ readonly calendarFeed: CalendarFeedRow; readonly token: string }> => {
      const { userId: ownerId } = requireViewer(viewer);
      const { name } = parseInput(nameInput, input);
      const { token, hash: tokenHash } = tokens.make();
      const calendarFeed = await prisma.$transaction(async (transaction) => {
        // Two at once would both find the last place free.
        await transaction.$queryRaw(Prisma.sql`SELECT id FROM users WHERE id = ${ownerId}::uuid FOR NO KEY UPDATE`);
        if ((await transaction.calendarFeed.count({ where: { ownerId } })) >= mostFeeds) {
          throw new AppError(
            'CONFLICT',
            `You have ${mostFeeds} calendar feeds, as many as are allowed; revoke one that you do not need with "revokeCalendarFeed".`,
          );
        }
        const facts = { id: newId(), name, createdAt: clock.now(), lastReadAt: null };
        await transaction.calendarFeed.create({ data: { ...facts, ownerId, tokenHash }, select: { id: true } });
        return facts;
      });
      return { calendarFeed, token };
    },

    /** Ends a feed at once. @throws AppError NOT_FOUND */
    revoke: async (viewer: Viewer | null, id: string): Promise<string> => {
      const { userId } = requireViewer(viewer);
      const { count } = await prisma.calendarFeed.deleteMany({ where: { id, ownerId: userId } });
      if (count === 0) throw notFound('CalendarFeed');
      return id;
    },

    /**
     * The plans that a token leads to, for the program that has it. A token that was revoked, one that never was, and one of somebody whose account
     * is not in use have the same answer.
     *
     * @throws AppError NOT_FOUND, RATE_LIMITED
     */
    read: async (token: string, address: string | null): Promise<CalendarReading> => {
      requireAllowance(await limiter.consume(networkOf(address)), 'Too many calendars were read from your address');
      const { rows } = await statements.query<StoredFeed>(
        `SELECT f.id, f.owner_id AS "userId", f.name, coalesce(s.time_zone, 'UTC') AS "timeZone", f.fingerprint, f.changed_at AS "changedAt", f.last_read_at AS "lastReadAt"
         FROM calendar_feeds f JOIN users u ON u.id = f.owner_id AND u.disabled_at IS NULL AND u.deleting_since IS NULL
         LEFT JOIN planner_settings s ON s.user_id = f.owner_id WHERE f.token_hash = $1`,
        [tokens.hashOf(token)],
      );
      const [feed] = rows;
      if (feed === undefined) throw new AppError('NOT_FOUND', 'No calendar is at this address: there never was one, or it was revoked.');
      const owner = { ...feed, today: dateIn(feed.timeZone, clock.now()) };
      const version = await fingerprintOf(statements, owner);
      return {
        version,
        changedAt: await remember(feed, version),
        text: async () => {
          const content = await feedContent(statements, owner);
          return calendarText({ ...owner, from: content.from, events: feedEvents(content) });
        },
      };
    },
  };
}
