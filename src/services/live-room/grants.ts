import type { LiveGrants } from '../../live/livekit.ts';

/** What somebody is in a conversation. */
export type LiveRole = 'OWNER' | 'EDITOR' | 'READER';

/** What somebody may do in the live room of a conversation: readers hear and see, and are neither heard nor seen. */
export function liveGrantsOf(role: LiveRole): LiveGrants {
  switch (role) {
    case 'OWNER':
      return { canSubscribe: true, canPublish: true, canPublishData: true, isAdmin: true };
    case 'EDITOR':
      return { canSubscribe: true, canPublish: true, canPublishData: true, isAdmin: false };
    case 'READER':
      return { canSubscribe: true, canPublish: false, canPublishData: false, isAdmin: false };
    default:
      return role satisfies never;
  }
}
