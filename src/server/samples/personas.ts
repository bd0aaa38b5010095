import { variablesOf, type SampleTab } from './sample-tab.ts';

/** Personas, their turns, their questions, and prompt templates. */
export const personaTabs: readonly SampleTab[] = [
  {
    query: `# 20. Personas: several voices in one conversation. Mention
#    them by their handles, and watch the turns.
mutation MakePersonas {
  createConversation(input: { title: "A panel" }) { conversation { id } }
  ada: createPersona(input: { name: "Ada", handle: "ada", systemPrompt: "You are a careful statistician.", temperature: 0.2 }) { persona { id } }
  bob: createPersona(input: { name: "Bob", handle: "bob", systemPrompt: "You doubt everything.", mayAsk: true, approvals: ["create_table"] }) { persona { id } }
}

mutation Invite($conversationId: ID!, $personaId: ID!) {
  addPersona(input: { conversationId: $conversationId, personaId: $personaId }) { conversation { personas { name handle emoji } } }
  setTurnPolicy(input: { conversationId: $conversationId, policy: ROUND_ROBIN, maxTurns: 4 }) { conversation { turnPolicy maxTurns } }
}

mutation AskThem($conversationId: ID!) {
  sendMessage(input: { conversationId: $conversationId, text: "@bob, then @ada: is it true?" }) { run { id turn persona { name } } }
}

subscription Panel($conversationId: ID!) {
  conversationEvents(conversationId: $conversationId) {
    __typename
    seq
    ... on MessageAdded { message { id authorName author { displayName } } }
    ... on RunChanged { status run { id turn persona { handle } } }
    ... on RoundEnded { turns reason code }
  }
}

query Personas($conversationId: ID!) {
  personas(filter: { text: "a" }, orderBy: { field: NAME }) { edges { node { id name handle model tools } } }
  conversation(id: $conversationId) { activePath(last: 5) { edges { node { authorName text } } } }
}

mutation Leave($conversationId: ID!, $personaId: ID!) {
  removePersona(input: { conversationId: $conversationId, personaId: $personaId }) { conversation { personas { name } } }
}
`,
    variables: variablesOf({ conversationId: '<id of the conversation>', personaId: '<id of a persona>' }),
  },
  {
    query: `# 21. A run that waits for you: answer its question, or say
#    whether it may use a tool. It waits for a day.
query Waiting {
  runs(status: AWAITING_INPUT) { edges { node { id inputRequest { kind text choices toolName arguments expiresAt } } } }
}

mutation Answer($runId: ID!) {
  respondToRun(input: { runId: $runId, answer: "The second one" }) { run { id status } }
}

mutation Refuse($runId: ID!) {
  respondToRun(input: { runId: $runId, isApproved: false, answer: "Too large" }) { run { id status } }
}
`,
    variables: variablesOf({ runId: '<id of a run>' }),
  },
  {
    query: `# 22. Prompt templates: a text with variables, in versions.
mutation MakeTemplate {
  createPromptTemplate(input: {
    name: "Summary"
    text: "Sum up {{topic}} in {{count}} sentences."
    variables: [{ name: "count", type: NUMBER, defaultValue: "3" }]
  }) { promptTemplate { id version variables { name type isRequired } } }
}

query Templates($id: ID!) {
  promptTemplates(filter: { text: "sum" }) { edges { node { id name version text } } }
  renderPromptTemplate(id: $id, variables: { topic: "the plan" })
}

mutation TryIt($id: ID!) {
  tryPromptTemplate(input: { template: { id: $id, variables: { topic: "the plan" } } }) { run { id } }
}

mutation SayIt($id: ID!) {
  sendMessage(input: { template: { id: $id, variables: { topic: "the plan", count: 2 } } }) { run { id } }
}

mutation GoBack($id: ID!) {
  updatePromptTemplate(input: { id: $id, text: "Sum up {{topic}}." }) { promptTemplate { version } }
  restorePromptTemplate(input: { id: $id, version: 1 }) { promptTemplate { version text } }
}
`,
    variables: variablesOf({ id: '<id of a template>' }),
  },
  {
    query: `# 23. Tools from outside: a server of the Model Context Protocol, which a persona of yours calls.

mutation ConnectServer {
  saveMcpServer(input: { name: "docs", transport: STREAMABLE_HTTP, url: "https://mcp.example.org/mcp", approval: WRITES }) { mcpServer { id name headerNames } }
}

# Where it wants you to sign in: open the address in a browser, and
# bring back what it comes back with.
mutation SignIn($serverId: ID!) {
  beginMcpSignIn(input: { id: $serverId, redirectUri: "http://127.0.0.1:3000/callback" }) { authorizationUrl }
}

mutation FinishSignIn($serverId: ID!, $code: String!, $state: String!) {
  finishMcpSignIn(input: { id: $serverId, code: $code, state: $state }) { mcpServer { signedInAt } }
}

# What it offers, and what needs your approval.
mutation CheckServer($serverId: ID!) {
  checkMcpServer(input: { id: $serverId }) { problem tools { calledAs description isReadOnly needsApproval } }
}

mutation AttachServer($serverId: ID!, $personaId: ID!) {
  updatePersona(input: { id: $personaId, mcpServerIds: [$serverId] }) { persona { name mcpServers { name } } }
}

query Servers {
  mcpServers { edges { node { id name transport url approval } } }
}

mutation DisconnectServer($serverId: ID!) {
  deleteMcpServer(input: { id: $serverId }) { deletedMcpServerId }
}
`,
    variables: variablesOf({ serverId: '<id of a server>', personaId: '<id of a persona>', code: '<code>', state: '<state>' }),
  },
];
