import { z } from 'zod';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { badInput } from '../../base/errors.ts';
import type { Reader } from '../../base/takeable.ts';
import type { ChangeFeed, ChangeSet, FeedPosition } from '../../events/change-feed.ts';

export type { Change, ChangedThing, ChangeSet } from '../../events/change-feed.ts';

/** What changes of what people may see, for their devices. */
export type Changes = ReturnType<typeof createChanges>;

const position = z
  .string()
  .regex(/^\d{1,18}\.\d{1,15}$/)
  .transform((text): FeedPosition => {
    const [transaction = '', at = ''] = text.split('.');
    return { transaction: BigInt(transaction), at: new Date(Number(at)) };
  });

/**
 * Where a client goes on after a set of changes: opaque to it, and good for about a month.
 *
 * @returns the text that `follow` takes
 */
export function changeCursorOf({ position: { transaction, at } }: ChangeSet): string {
  return `${transaction}.${at.getTime()}`;
}

/** New, on a feed. */
export function createChanges({ feed }: { readonly feed: ChangeFeed }) {
  return {
    /**
     * Follows what changes of what somebody may see: things are named alone, and whether they may be seen is found out where they are read.
     *
     * @param after the cursor of the last set that the client has; null for what changes from now on
     * @throws AppError UNAUTHENTICATED, BAD_USER_INPUT for what is no cursor of changes
     */
    follow: (viewer: Viewer | null, after: string | null): Reader<ChangeSet> => {
      const { userId } = requireViewer(viewer);
      if (after === null) return feed.follow(userId, null);
      const parsed = position.safeParse(after);
      if (!parsed.success) {
        throw badInput(
          ['after'],
          `"${after.slice(0, 40)}" is not a cursor of changes; use the "cursor" of the last set that you have, or null for what changes from now on.`,
        );
      }
      return feed.follow(userId, parsed.data);
    },

    /** Forgets what nobody can go on from any more; returns how much that was. */
    forgetOld: (): Promise<number> => feed.forgetOld(),
  };
}
