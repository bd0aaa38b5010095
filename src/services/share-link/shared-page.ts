import { badInput } from '../../base/errors.ts';
import type { SharedConversation } from './share-links.ts';
import type { SharedMessage } from './snapshot.ts';

/** A message of a shared conversation, with its place. */
export interface PlacedMessage extends SharedMessage {
  readonly cursor: string;
  /** Unique among all parts of all shared conversations, with the place of the part. */
  readonly key: string;
}

/** A page of the messages of a shared conversation. */
export interface SharedPage {
  readonly messages: readonly PlacedMessage[];
  readonly hasMore: boolean;
  readonly hasPrevious: boolean;
}

const cursorOf = (place: number): string => Buffer.from(`shared ${place}`).toString('base64url');

/** @throws AppError BAD_USER_INPUT for what is no cursor of such a page */
function placeOf(cursor: string): number {
  const place = /^shared (\d{1,6})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (place === undefined) throw badInput(['after'], `"${cursor.slice(0, 40)}" is not a cursor of this list; use the "endCursor" of a page.`);
  return Number(place);
}

/** The messages behind a cursor. A snapshot never changes, so the place of a message is all that a cursor must know. */
export function pageOfShared({ linkId, messages }: SharedConversation, first: number, after: string | null | undefined): SharedPage {
  const start = after == null ? 0 : placeOf(after) + 1;
  return {
    messages: messages
      .slice(start, start + first)
      .map((message, index) => ({ ...message, cursor: cursorOf(start + index), key: `shared ${linkId} ${start + index}` })),
    hasMore: messages.length > start + first,
    hasPrevious: start > 0,
  };
}
