import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { badInput } from '../../base/errors.ts';
import type { Conversation } from '../../../prisma/generated/client.ts';
import type { Audit } from '../audit.ts';
import type { Conversations } from '../conversation.ts';
import type { Downloads } from '../download/downloads.ts';
import type { ConversationWish } from './conversation-downloads.ts';

/** A signed link to something that is made when it is fetched. */
export interface MadeLink {
  readonly url: string;
  readonly expiresAt: Date;
}

/** What people take away. */
export interface Takeaway {
  /**
   * A link to a conversation as a document.
   *
   * @throws AppError NOT_FOUND
   */
  exportConversation(
    viewer: Viewer | null,
    input: ConversationWish & { readonly conversationId: string },
  ): Promise<{ readonly conversation: Conversation; readonly link: MadeLink }>;
  /** A link to an archive of everything that the viewer has. The audit log tells of it. */
  exportAccount(viewer: Viewer | null, isConfirmed: boolean, device: DeviceFacts): Promise<MadeLink>;
}

/** Makes the service. */
export function createTakeaway(dependencies: {
  readonly conversations: Pick<Conversations, 'get'>;
  readonly downloads: Pick<Downloads, 'linkTo'>;
  readonly audit: Pick<Audit, 'record'>;
}): Takeaway {
  const { conversations, downloads, audit } = dependencies;
  return {
    async exportConversation(viewer, { conversationId, format, branches }) {
      requireViewer(viewer);
      const conversation = await conversations.get(viewer, conversationId);
      const wish: ConversationWish = { format, branches };
      return { conversation, link: downloads.linkTo(viewer, 'conversation', conversation.id, JSON.stringify(wish)) };
    },
    async exportAccount(viewer, isConfirmed, device) {
      const { userId } = requireViewer(viewer);
      if (!isConfirmed) throw badInput(['input', 'confirm'], '"confirm" must be true: whoever has the link has everything that you have.');
      await audit.record(null, { kind: 'ACCOUNT_EXPORTED', actorId: userId, device });
      return downloads.linkTo(viewer, 'account', userId);
    },
  };
}
