import { variablesOf, type SampleTab } from './sample-tab.ts';

/** Conversations, what they cost, and how they come and go. */
export const talkingTabs: readonly SampleTab[] = [
  {
    query: `# 9. Keep order: pins, tags and the archive are yours
#    alone. Give others a link to read, or take it back.
mutation UpdateConversation($conversationId: ID!) {
  updateConversation(input: { id: $conversationId, isPinned: true, tags: ["plans"] }) {
    conversation { id isPinned isArchived tags }
  }
}

query Organised {
  conversationTags { name count archivedCount }
  conversations(first: 10, filter: { tag: "plans", isUnread: true }) {
    edges { node { id title unreadCount } }
  }
}

mutation MarkRead($conversationId: ID!) {
  markRead(input: { conversationId: $conversationId }) {
    conversation { id unreadCount }
  }
}

mutation ShareConversation($conversationId: ID!) {
  shareConversation(input: { conversationId: $conversationId }) {
    token
    shareLink { id messageCount expiresAt }
  }
}

query SharedConversation($token: String!) {
  sharedConversation(token: $token) {
    title
    sharedAt
    messages(first: 20) { edges { node { role parts { ... on SharedText { text } } } } }
  }
}

mutation RevokeShareLink($shareLinkId: ID!) {
  revokeShareLink(input: { id: $shareLinkId }) { revokedShareLinkId }
}

# One that vanishes after an hour, unless it is kept.
mutation Temporary {
  createConversation(input: { title: "Passing", temporaryForMinutes: 60 }) {
    conversation { id expiresAt }
  }
}

mutation KeepConversation($conversationId: ID!) {
  keepConversation(input: { conversationId: $conversationId }) {
    conversation { id expiresAt }
  }
}

mutation ExportConversation($conversationId: ID!) {
  exportConversation(input: { conversationId: $conversationId, format: MARKDOWN }) {
    link { url expiresAt }
  }
}
`,
    variables: variablesOf({
      conversationId: '<id of the conversation>',
      token: '<token of the link>',
      shareLinkId: '<id of the link>',
    }),
  },
  {
    query: `# 10. A conversation is a tree. See its branch, with
#     "2 of 3" beside each message; say something in other
#     words, and go back to what was said before.
query Branch($conversationId: ID!) {
  conversation(id: $conversationId) {
    activePath(last: 20) {
      edges { node { id role text siblingIndex siblingCount siblings { id } } }
      pageInfo { hasPreviousPage startCursor }
    }
  }
}

mutation EditMessage($questionId: ID!) {
  editMessage(input: { messageId: $questionId, text: "Hi! Be brief." }) {
    run { id status }
  }
}

mutation Regenerate($answerId: ID!) {
  regenerate(input: { messageId: $answerId }) {
    run { id status }
  }
}

mutation SwitchBranch($messageId: ID!) {
  switchBranch(input: { messageId: $messageId }) {
    conversation { activePath(last: 20) { edges { node { id text } } } }
  }
}

mutation ForkConversation($messageId: ID!) {
  forkConversation(input: { messageId: $messageId, title: "Another way" }) {
    conversation { id title forkedFromMessageId }
  }
}

mutation DeleteMessage($messageId: ID!) {
  deleteMessage(input: { messageId: $messageId }) {
    deletedCount
    conversation { activePath(last: 20) { edges { node { id text } } } }
  }
}

# What you think of an answer. Only you see it.
mutation GiveFeedback($answerId: ID!) {
  giveFeedback(input: { messageId: $answerId, rating: UP, comment: "Short and right." }) {
    message { id feedback { rating comment } }
  }
}

# What an answer used and cost, and all of them together.
query Costs($runId: ID!) {
  run(id: $runId) {
    model
    answeredBy
    usage { inputTokens outputTokens reasoningTokens costMicros isEstimated }
  }
  usage(groupBy: CONVERSATION) {
    rows { conversation { title } calls costMicros }
    total { calls costMicros }
  }
}

# Every device hears what the others do.
subscription ConversationEvents($conversationId: ID!) {
  conversationEvents(conversationId: $conversationId) {
    __typename
    seq
    ... on MessageAdded { message { id role text } }
    ... on BranchSwitched { messageId }
    ... on RunChanged { run { id status } }
  }
}
`,
    variables: variablesOf({
      conversationId: '<id of the conversation>',
      questionId: '<id of a message of yours>',
      answerId: '<id of an answer>',
      messageId: '<id of one of the siblings>',
      runId: '<id of the run>',
    }),
  },
  {
    query: `# 11. What you use, and how much you may. The last two
#     are for administrators.
query Usage {
  viewer {
    quota {
      day {
        resetsAt
        tokens { limit used reserved remaining }
        costMicros { limit used }
        messages { limit used remaining }
      }
      month { tokens { limit used } }
    }
  }
  usage(groupBy: MODEL) {
    rows { key calls inputTokens outputTokens costMicros }
    total { costMicros ownKeyCostMicros }
  }
  rateLimitStatus { name limit windowSeconds remaining resetsAt }
}

# Each step of a run of yours.
query Trace($runId: ID!) {
  runTrace(runId: $runId) {
    kind name durationMs firstTokenMs inputTokens outputTokens errorCode input output
  }
}

mutation SetQuota {
  setQuota(input: { scope: EVERYBODY, period: DAY, maxTokens: 200000, maxMessages: 100 }) {
    quota { maxTokens maxCostMicros maxMessages }
  }
}

query Quotas {
  quotas(first: 20) {
    edges { node { scope period user { displayName } maxTokens maxCostMicros maxMessages } }
  }
  quotaOfAll { month { tokens { used limit } costMicros { used limit } } }
}
`,
    variables: variablesOf({ runId: '<id of a run>' }),
  },
  {
    query: `# 12. Bring along what you have elsewhere: the export of
#    ChatGPT or Claude as it came, or an archive of here.
#      curl -H "Authorization: Bearer <accessToken>" \\
#        -F file=@export.zip <this address>/imports
#    Then watch how it goes.
subscription ImportProgress($importId: ID!) {
  importProgress(importId: $importId) {
    status
    source
    progress
    counts { conversations messages attachments presentConversations }
    problemCount
    problems { subject reason count }
    error { code message }
  }
}

query Imports {
  imports(first: 10) { edges { node { id name status createdAt } } }
}

# And take all of it away again.
mutation ExportAccount {
  exportAccount(input: { confirm: true }) { link { url expiresAt } }
}
`,
    variables: variablesOf({ importId: '<import.id of the answer>' }),
  },
];
