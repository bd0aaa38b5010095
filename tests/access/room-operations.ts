import { mutation, type AccessOperation } from './operation.ts';

/** The operations about who takes part in conversations, and how people are shown. */
export const roomOperations: readonly AccessOperation[] = [
  mutation('setTyping', 'until', (ids) => ({ conversationId: ids.Conversation, isTyping: true })),
  mutation('inviteToConversation', 'invitation { id }', (ids) => ({ conversationId: ids.Conversation, email: 'somebody@example.org' })),
  mutation('createInvitationLink', 'invitation { id }', (ids) => ({ conversationId: ids.Conversation })),
  mutation('acceptInvitation', 'conversation { id }', (ids) => ({ id: ids.Invitation })),
  mutation('declineInvitation', 'declinedInvitationId', (ids) => ({ id: ids.Invitation })),
  mutation('updateParticipant', 'conversation { id }', (ids) => ({ conversationId: ids.Conversation, userId: ids.User, role: 'OWNER' })),
  mutation('removeParticipant', 'removedUserId', (ids) => ({ conversationId: ids.Conversation, userId: ids.User })),
  mutation('leaveConversation', 'leftConversationId', (ids) => ({ conversationId: ids.Conversation })),
  mutation('revokeInvitation', 'revokedInvitationId', (ids) => ({ id: ids.Invitation })),
  mutation('updateProfile', 'user { id }', (ids) => ({ avatarId: ids.Attachment })),
];
