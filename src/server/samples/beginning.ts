import { variablesOf, type SampleTab } from './sample-tab.ts';

/** The way from a new account to a streamed answer, in order. */
export const beginningTabs: readonly SampleTab[] = [
  {
    query: `# 1. Make an account, or sign in again.
#    "setCookie" signs this page in, for 15 minutes.
#    A program sends the accessToken instead, as you can
#    under Headers below:
#      { "Authorization": "Bearer <accessToken>" }
mutation Register {
  register(input: {
    email: "ada@example.org"
    password: "correct horse battery"
    setCookie: true
  }) {
    accessToken
    expiresIn
    user { id email }
  }
}

mutation Login {
  login(input: {
    login: "ada@example.org"
    password: "correct horse battery"
    setCookie: true
  }) {
    accessToken
    expiresIn
  }
}
`,
  },
  {
    query: `# 2. Upload a file, which is done outside of GraphQL:
#      curl -H "Authorization: Bearer <accessToken>" \\
#        -F file=@cars.csv <this address>/uploads
#    Then make a session of the ids in its answer.
mutation CreateSession($fileIds: [ID!]!) {
  createSession(input: { title: "Cars", fileIds: $fileIds }) {
    session { id title files { id } }
  }
}
`,
    variables: variablesOf({ fileIds: ['<files[0].id of the upload>'] }),
  },
  {
    query: `# 3. Look at its tables, and ask in SQL.
query Tables($sessionId: ID!) {
  session(id: $sessionId) {
    tables {
      tableName
      rowCount
      columns { name type unit meaning }
      preview(first: 5) { edges { node { values } } }
    }
  }
}

query RunSql($sessionId: ID!) {
  runSql(sessionId: $sessionId, sql: "SHOW TABLES") {
    columns { name type }
    rows
    truncated
    elapsedMs
  }
}
`,
    variables: variablesOf({ sessionId: '<id of the session>' }),
  },
  {
    query: `# 4. Start the analysis of a session.
#    Watch its run in the next tab.
mutation AutoAnalyze($sessionId: ID!) {
  autoAnalyze(input: { sessionId: $sessionId }) {
    run { id status }
  }
}
`,
    variables: variablesOf({ sessionId: '<id of the session>' }),
  },
  {
    query: `# 5. Watch a run, while it runs or later.
#    "after" is the last "seq" that you have seen:
#    nothing is lost and nothing comes twice.
subscription RunEvents($runId: ID!, $after: Int) {
  runEvents(runId: $runId, after: $after) {
    __typename
    seq
    ... on StatusChanged { status }
    ... on TextDelta { text }
    ... on QueryResultReady { part { title sql rowCount } }
    ... on PlotReady { part { title spec } }
    ... on PlanProposed { isApplied part { summary proposal { id } } }
    ... on SentimentReady { sentiment { score label } mood { score trend } }
    ... on RunFinished { reason dataUpdated }
    ... on RunFailed { code message retryable }
  }
}
`,
    variables: variablesOf({ runId: '<id of the run>', after: 0 }),
  },
  {
    query: `# 6. Or chat. Without a "conversationId" a new conversation
#    begins. Watch the run in the tab before.
mutation SendMessage {
  sendMessage(input: { text: "Hello! What can you do?" }) {
    run { id status }
  }
}

# With a picture or a text file:
#      curl -H "Authorization: Bearer <accessToken>" \\
#        -F file=@cat.png <this address>/attachments
mutation SendPicture($attachmentIds: [ID!]) {
  sendMessage(input: { text: "What is this?", attachmentIds: $attachmentIds }) {
    run { id status }
  }
}
`,
    variables: variablesOf({ attachmentIds: ['<attachments[0].id of the answer>'] }),
  },
  {
    query: `# 7. Bring a key of your own for a model provider.
#    It answers you alone, and is never shown again.
mutation SaveProviderKey($apiKey: String!) {
  saveProviderKey(input: { kind: OPENAI, apiKey: $apiKey }) {
    providerKey { id provider lastFour }
  }
}

query Models {
  models { name isDefault isOwnKey contextWindow }
}

mutation UpdatePreferences {
  updatePreferences(input: { model: "openai", fallbacks: ["builtin"] }) {
    preferences { model fallbacks temperature }
  }
}
`,
    variables: variablesOf({ apiKey: '<your key>' }),
  },
  {
    query: `# 8. What was said, most recent first.
query Conversations {
  conversations(first: 10) {
    edges { node { id title isPinned tags unreadCount lastMessage { text } contextUsage { share } } }
    pageInfo { hasNextPage endCursor }
  }
}

query Search {
  search(query: "budget \\"next year\\" -draft", first: 5) {
    edges {
      node {
        type
        subject { __typename ... on Message { id } ... on Conversation { id title } ... on File { id name } }
        highlights { html }
      }
    }
  }
}

query Moods {
  sentimentMethods { method name isAvailable isDefault }
  conversations(first: 10) {
    edges { node {
      title
      mood { score label trend count }
      sentiment(interval: DAY) { trend points { at score count } }
    } }
  }
}

query Health {
  health { status version uptimeSeconds services { name status latencyMs } }
}
`,
  },
];
