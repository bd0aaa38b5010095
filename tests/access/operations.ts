import type { Belongings } from './world.ts';

/** An operation that takes ids. */
export interface AccessOperation {
  /** The root field, for example `Query.run`. */
  readonly field: string;
  readonly document: string;
  variables(ids: Belongings): Readonly<Record<string, unknown>>;
  /** What a stranger gets: an error NOT_FOUND, data in which what is not theirs is absent, or FORBIDDEN for what is for administrators. */
  readonly forStranger: 'NOT_FOUND' | 'ABSENT' | 'FORBIDDEN';
}

const query = (field: string, selection: string, kind: keyof Belongings): AccessOperation => ({
  field: `Query.${field}`,
  document: `query ($id: ID!) { ${field}(id: $id) { ${selection} } }`,
  variables: (ids) => ({ id: ids[kind] }),
  forStranger: 'NOT_FOUND',
});

const mutation = (field: string, selection: string, input: (ids: Belongings) => Readonly<Record<string, unknown>>): AccessOperation => ({
  field: `Mutation.${field}`,
  document: `mutation ($input: ${field.charAt(0).toUpperCase()}${field.slice(1)}Input!) { ${field}(input: $input) { ${selection} } }`,
  variables: (ids) => ({ input: input(ids) }),
  forStranger: 'NOT_FOUND',
});

const administration = (...given: Parameters<typeof mutation>): AccessOperation => ({ ...mutation(...given), forStranger: 'FORBIDDEN' });

/** Every root field that takes an id. One that is missing here fails the suite. Deletions come last. */
export const accessOperations: readonly AccessOperation[] = [
  query('conversation', 'id title', 'Conversation'),
  query('run', 'id status', 'Run'),
  query('session', 'id title', 'Session'),
  query('file', 'id name', 'File'),
  query('user', 'id displayName', 'User'),
  ...(['Conversation', 'Message', 'Run', 'Session', 'File', 'QueryResultPart', 'User', 'Login', 'ApiKey', 'Identity'] as const).map(
    (kind): AccessOperation => ({
      field: 'Query.node',
      document: 'query ($id: ID!) { node(id: $id) { id __typename } }',
      variables: (ids) => ({ id: ids[kind] }),
      forStranger: 'ABSENT',
    }),
  ),
  {
    field: 'Query.nodes',
    document: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }',
    variables: (ids) => ({ ids: Object.values(ids) }),
    forStranger: 'ABSENT',
  },
  {
    field: 'Query.runs',
    document: 'query ($id: ID!) { runs(conversationId: $id) { edges { node { id } } } }',
    variables: (ids) => ({ id: ids.Conversation }),
    forStranger: 'ABSENT',
  },
  mutation('updateConversation', 'conversation { id }', (ids) => ({ id: ids.Conversation, title: 'Renamed' })),
  mutation('updateSession', 'session { id }', (ids) => ({ id: ids.Session, title: 'Renamed' })),
  mutation('sendMessage', 'run { id }', (ids) => ({ conversationId: ids.Conversation, text: 'Hello', ifBusy: 'ENQUEUE' })),
  mutation('ask', 'run { id }', (ids) => ({ conversationId: ids.Conversation, text: 'Hello', ifBusy: 'ENQUEUE' })),
  mutation('autoAnalyze', 'run { id }', (ids) => ({ sessionId: ids.Session, ifBusy: 'ENQUEUE' })),
  mutation('stopRun', 'run { id }', (ids) => ({ runId: ids.Run })),
  mutation('createSession', 'session { id }', (ids) => ({ fileIds: [ids.File] })),
  administration('setUserRole', 'user { id }', (ids) => ({ id: ids.User, role: 'ADMIN' })),
  administration('disableUser', 'user { id }', (ids) => ({ id: ids.User, reason: 'A test' })),
  administration('enableUser', 'user { id }', (ids) => ({ id: ids.User })),
  administration('deleteUser', 'deletedUserId', (ids) => ({ id: ids.User })),
  {
    field: 'Query.auditEvents',
    document: 'query ($id: ID!) { auditEvents(actorId: $id, subjectId: $id) { edges { node { kind } } } }',
    variables: (ids) => ({ id: ids.User }),
    forStranger: 'FORBIDDEN',
  },
  mutation('revokeLogin', 'revokedLoginId', (ids) => ({ id: ids.Login })),
  mutation('deleteFile', 'deletedFileId', (ids) => ({ id: ids.File })),
  mutation('deleteConversation', 'deletedConversationId', (ids) => ({ id: ids.Conversation })),
  mutation('deleteSession', 'deletedSessionId', (ids) => ({ id: ids.Session })),
  mutation('revokeApiKey', 'revokedApiKeyId', (ids) => ({ id: ids.ApiKey })),
  mutation('unlinkIdentity', 'unlinkedIdentityId', (ids) => ({ id: ids.Identity })),
  {
    field: 'Subscription.runEvents',
    document: 'subscription ($id: ID!) { runEvents(runId: $id) { seq } }',
    variables: (ids) => ({ id: ids.Run }),
    forStranger: 'NOT_FOUND',
  },
  {
    field: 'Subscription.conversationEvents',
    document: 'subscription ($id: ID!) { conversationEvents(conversationId: $id) { seq } }',
    variables: (ids) => ({ id: ids.Conversation }),
    forStranger: 'NOT_FOUND',
  },
];
