/** A tab of GraphiQL. */
export interface SampleTab {
  readonly query: string;
  readonly variables?: string;
}

const variablesOf = (variables: Readonly<Record<string, unknown>>): string => JSON.stringify(variables, null, 2);

/** The tabs that GraphiQL opens with: the way from a new account to a streamed answer, in order. */
export const sampleTabs: readonly SampleTab[] = [
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
    query: `# 3. Start the analysis of a session.
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
    query: `# 4. Watch a run, while it runs or later.
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
    ... on RunFinished { reason dataUpdated }
    ... on RunFailed { code message retryable }
  }
}
`,
    variables: variablesOf({ runId: '<id of the run>', after: 0 }),
  },
  {
    query: `# 5. Or chat. Without a "conversationId" a new conversation
#    begins. Watch the run in the tab before.
mutation SendMessage {
  sendMessage(input: { text: "Hello! What can you do?" }) {
    run { id status }
  }
}
`,
  },
  {
    query: `# 6. What was said, most recent first.
query Conversations {
  conversations(first: 10) {
    edges { node { id title messageCount updatedAt } }
    pageInfo { hasNextPage endCursor }
  }
}

query Health {
  health { status version uptimeSeconds services { name status latencyMs } }
}
`,
  },
];
