import { variablesOf, type SampleTab } from './sample-tab.ts';

/** Conversations of several people. */
export const roomTabs: readonly SampleTab[] = [
  {
    query: `# 17. Several people: invite by an address or by a link.
# No mail is sent: the person finds it under "Waiting".
mutation Invite($conversationId: ID!) {
  inviteToConversation(input: { conversationId: $conversationId, email: "grace@example.org", role: EDITOR }) {
    invitation { id role expiresAt }
  }
}

mutation InviteByLink($conversationId: ID!) {
  createInvitationLink(input: { conversationId: $conversationId, role: READER, maxUses: 5 }) {
    token
    invitation { id expiresAt }
  }
}

query Waiting {
  viewer {
    invitations(first: 10) {
      edges { node { id role conversationTitle inviterName } }
    }
  }
}

mutation Accept($token: String!) {
  acceptInvitation(input: { token: $token }) { conversation { id title viewerRole } }
}

mutation Decline($invitationId: ID!) {
  declineInvitation(input: { id: $invitationId }) { declinedInvitationId }
}

mutation Revoke($invitationId: ID!) {
  revokeInvitation(input: { id: $invitationId }) { revokedInvitationId }
}
`,
    variables: variablesOf({ conversationId: '<id of a conversation>', token: '<token of a link>', invitationId: '<id of an invitation>' }),
  },
  {
    query: `# 18. Who is in it, who is there, who types.
query Room($conversationId: ID!) {
  conversation(id: $conversationId) {
    viewerRole
    unreadMentionCount
    participants(first: 20) {
      edges { node { role joinedAt isPresent user { id displayName avatarUrl } } }
    }
    invitations(first: 20) { edges { node { id email role useCount maxUses } } }
  }
}

subscription Listen($conversationId: ID!) {
  conversationEvents(conversationId: $conversationId) {
    __typename
    seq
    ... on MessageAdded { message { text author { displayName } mentions { username } } }
    ... on ParticipantJoined { user { displayName } role }
    ... on ParticipantLeft { userId wasRemoved }
    ... on ParticipantRoleChanged { userId role }
    ... on TypingChanged { userId until }
    ... on PresenceChanged { userId isPresent }
  }
}

mutation Typing($conversationId: ID!) {
  setTyping(input: { conversationId: $conversationId, isTyping: true }) { until }
}

mutation Promote($conversationId: ID!, $userId: ID!) {
  updateParticipant(input: { conversationId: $conversationId, userId: $userId, role: OWNER }) {
    participant { role user { displayName } }
  }
}

mutation Remove($conversationId: ID!, $userId: ID!) {
  removeParticipant(input: { conversationId: $conversationId, userId: $userId }) { removedUserId }
}

mutation Leave($conversationId: ID!) {
  leaveConversation(input: { conversationId: $conversationId }) { leftConversationId }
}

# How others see you. Send a picture with POST /attachments first.
mutation Profile($pictureId: ID!) {
  updateProfile(input: { fullName: "Ada Lovelace", locale: "en-GB", timeZone: "Europe/London", avatarId: $pictureId }) {
    user { displayName avatarUrl locale timeZone firstDayOfWeek }
  }
}
`,
    variables: variablesOf({ conversationId: '<id of a conversation>', userId: '<id of a participant>', pictureId: '<id of an attachment>' }),
  },
];
