/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** Which data to analyse, and how. */
export type AutoAnalyzeInput = {
  /** At most 3 models that answer, one after the other, when the one before fails before its first token. */
  fallbacks?: Array<string> | null | undefined;
  /** Makes repeating safe: the same key with the same input gives the same run, with another input IDEMPOTENCY_CONFLICT. */
  idempotencyKey?: string | null | undefined;
  /** What happens when a run is under way; REJECT when absent. */
  ifBusy?: IfBusy | null | undefined;
  /** The most tokens of the answer, thoughts included, at least 1. Without it DEFAULT_MAX_TOKENS holds for the words, and a model that thinks has room besides. */
  maxTokens?: number | null | undefined;
  /** The model, as `provider:model` or, with `provider`, by itself; see `models`. This and what follows down to `sentimentMethod`: when absent, as `Conversation.defaults`, then `User.preferences`, then the configuration says; null passes over the former two. */
  model?: string | null | undefined;
  /** The provider, for example `openai`; its default model answers when `model` is absent. */
  provider?: string | null | undefined;
  /** By what the mood of the messages is judged. */
  sentimentMethod?: SentimentMethod | null | undefined;
  /** The data session. */
  sessionId: string | number;
  /** Instructions above the conversation, for this run. */
  systemPrompt?: string | null | undefined;
  /** How freely to choose words, 0 to 2. */
  temperature?: number | null | undefined;
  /** From how many words to choose, at least 1; ignored by providers that do not know it. */
  topK?: number | null | undefined;
  /** From how much of the probability to choose, 0 to 1. */
  topP?: number | null | undefined;
};

/** What a person would say that a column is. */
export type ColumnMeaning =
  /** One of a few values. */
  | 'CATEGORY'
  /** A day or a moment. */
  | 'DATE'
  /** A place, or a part of its coordinates. */
  | 'GEOGRAPHIC'
  /** Names the row: nearly every value is different. */
  | 'IDENTIFIER'
  /** A number that can be summed or averaged. */
  | 'MEASURE'
  /** Free text. */
  | 'TEXT'
  /** One of two values that mean yes and no. */
  | 'YES_NO';

/** What the new session holds. */
export type CreateSessionInput = {
  /** The ids that `POST /uploads` answered. May be empty: `POST /uploads?sessionId=` adds files later. */
  fileIds: Array<string | number>;
  /** A title; made after the first exchange when absent. */
  title?: string | null | undefined;
};

/** What can stand in `extensions.code` of an error, and in `RunFailed.code`. */
export type ErrorCode =
  /** The account exists and the password is right, but an administrator has disabled it; ask one of them. */
  | 'ACCOUNT_DISABLED'
  /** The HTTP request is not a GraphQL request. */
  | 'BAD_REQUEST'
  /** An argument is not acceptable; `issues` names each one. */
  | 'BAD_USER_INPUT'
  /** The change contradicts what is stored, for example an e-mail address that is taken. */
  | 'CONFLICT'
  /** A run is under way in this conversation; wait, stop it, or choose another `ifBusy`. */
  | 'CONVERSATION_BUSY'
  /** Reading the document took too much time or memory, or ended its reader. Nothing else was harmed. */
  | 'DOCUMENT_UNREADABLE'
  /** The model provider refuses the key that is configured. */
  | 'ENGINE_BAD_KEY'
  /** The model provider does not accept the request as it was made. */
  | 'ENGINE_BAD_REQUEST'
  /** The conversation is longer than the model can read. */
  | 'ENGINE_CONTEXT_TOO_LONG'
  /** The model provider could not be reached, or the connection broke. */
  | 'ENGINE_NETWORK'
  /** The model provider is overloaded or failing. */
  | 'ENGINE_OVERLOADED'
  /** The model provider sent something that is not its protocol, or ended without its end marker. */
  | 'ENGINE_PROTOCOL'
  /** The model provider limits the rate of requests. */
  | 'ENGINE_RATE_LIMITED'
  /** The model provider refuses this content. */
  | 'ENGINE_REFUSED'
  /** The model provider did not answer in time. */
  | 'ENGINE_TIMEOUT'
  /** No such provider or model; the message lists those that exist. */
  | 'ENGINE_UNKNOWN'
  /** The viewer is known, and may not do this. */
  | 'FORBIDDEN'
  /** The document is not GraphQL. */
  | 'GRAPHQL_PARSE_FAILED'
  /** The document does not fit the schema. */
  | 'GRAPHQL_VALIDATION_FAILED'
  /** The idempotency key was used before with another payload. */
  | 'IDEMPOTENCY_CONFLICT'
  /** The run waited for a person, and nobody answered in time; what was written until then is kept. */
  | 'INPUT_TIMEOUT'
  /** Something unexpected failed; the request id finds it in the log. */
  | 'INTERNAL_SERVER_ERROR'
  /** The server that ran this stopped; what was written until then is kept. */
  | 'INTERRUPTED'
  /** The signed link is older than it may be; ask for a new one. */
  | 'LINK_EXPIRED'
  /** The server of tools, or the one by which one signs in to it, did not answer as it should. */
  | 'MCP_SERVER_UNREACHABLE'
  /** This path does not answer this HTTP method. */
  | 'METHOD_NOT_ALLOWED'
  /** There is no such object, or the viewer may not see it. */
  | 'NOT_FOUND'
  /** The document has no operation of this name, or several and no name was given. */
  | 'OPERATION_RESOLUTION_FAILURE'
  /** The operation ran longer than one may. A mutation may have done a part of its work. */
  | 'OPERATION_TIMEOUT'
  /** The web page could not be fetched: its address is not allowed, or its server did not answer as it should. */
  | 'PAGE_UNREACHABLE'
  /** The body or the file is larger than the limit. */
  | 'PAYLOAD_TOO_LARGE'
  /** No persisted document has this id. */
  | 'PERSISTED_DOCUMENT_NOT_FOUND'
  /** This server answers persisted documents only; send the id of one. */
  | 'PERSISTED_DOCUMENT_REQUIRED'
  /** The plot is not a valid Vega-Lite specification. */
  | 'PLOT_INVALID'
  /** The SQL ended the process that ran it. Nothing else was harmed. */
  | 'QUERY_CRASHED'
  /** The operation asks for more than one may; the message names the limit and what was found. */
  | 'QUERY_TOO_COMPLEX'
  /** A quota of tokens, cost or messages does not allow it now; `quota` says which one, `retryAfterMs` when it starts anew. */
  | 'QUOTA_EXCEEDED'
  /** Too many requests; `retryAfterMs` says when to come back. */
  | 'RATE_LIMITED'
  /** A part of the service is away for the moment; try again. */
  | 'SERVICE_UNAVAILABLE'
  /** The SQL could not be parsed or run. */
  | 'SQL_INVALID'
  /** The SQL is not one SELECT over the tables of the session. */
  | 'SQL_NOT_ALLOWED'
  /** The SQL ran longer than the limit. */
  | 'SQL_TIMEOUT'
  /** The SQL needed more memory than the limit. */
  | 'SQL_TOO_LARGE'
  /** No valid access token came with the request. */
  | 'UNAUTHENTICATED'
  /** The file is not of a kind that can be read, or is damaged. */
  | 'UNSUPPORTED_FILE'
  /** The body is of another type, encoding or compression than JSON in UTF-8. */
  | 'UNSUPPORTED_MEDIA_TYPE';

/** What happens when a run is under way in the conversation. */
export type IfBusy =
  /** The run waits for its turn. */
  | 'ENQUEUE'
  /** What is under way and what waits is stopped, then the run starts. */
  | 'INTERRUPT'
  /** The request fails with CONVERSATION_BUSY. The default. */
  | 'REJECT';

/** A new account. */
export type RegisterInput = {
  /** The e-mail address, unique whatever the case, for example `ada@example.org`. */
  email: string;
  /** The name to show, at most 120 characters. */
  fullName?: string | null | undefined;
  /** At least 8 characters, and at most 72 bytes in UTF-8. */
  password: string;
  /** Whether to set the access token as the httpOnly cookie `auth-token` too, for pages of the same site. It cannot be set over WebSocket; default false. */
  setCookie?: boolean | null | undefined;
  /** Makes the account the first administrator: the one-time token that the server prints at start while there is none. With a wrong one no account is made. */
  setupToken?: string | null | undefined;
  /** A second name to log in with: 3 to 32 letters (a to z), digits, `_`, `.` or `-`; unique whatever the case. */
  username?: string | null | undefined;
};

/** Why a run finished that did not fail. */
export type RunFinishReason =
  /** The provider cut the answer off because of its content. */
  | 'CONTENT_FILTER'
  /** The limit on tokens was reached. */
  | 'LENGTH'
  /** The limit on steps with tools was reached. */
  | 'MAX_STEPS'
  /** The answer was complete. */
  | 'STOP'
  /** A person stopped it. */
  | 'STOPPED';

/** Where a run is in its life: QUEUED, RUNNING, perhaps AWAITING_INPUT and RUNNING again, then one of the other three for ever. */
export type RunStatus =
  /** It asks a person something, see `Run.inputRequest`; answer with `respondToRun`. */
  | 'AWAITING_INPUT'
  /** The answer came to its end. */
  | 'COMPLETED'
  /** Something went wrong; what was written is kept. */
  | 'FAILED'
  /** Waits for the run before it in the same conversation. */
  | 'QUEUED'
  /** An engine is answering. */
  | 'RUNNING'
  /** A person stopped it; what was written is kept. */
  | 'STOPPED';

/** How the mood of messages is judged; see `sentimentMethods`. */
export type SentimentMethod =
  /** By a call of its own, beside the answer. */
  | 'LLM_SEPARATE'
  /** By rules for English, on this server. */
  | 'LOCAL'
  /** By Google Cloud Natural Language. */
  | 'NLP_API'
  /** Not at all. */
  | 'NONE'
  /** By the model that answers, in the same call. */
  | 'STRUCTURED';

export type RegisterMutationVariables = Exact<{
  input: RegisterInput;
}>;


export type RegisterMutation = { register: { accessToken: string, user: { id: string, email: string | null } } };

export type CreateSessionMutationVariables = Exact<{
  input: CreateSessionInput;
}>;


export type CreateSessionMutation = { createSession: { session: { id: string, files: Array<{ id: string, name: string, rowCount: number | string, columnCount: number, columns: Array<{ name: string, type: string, meaning: ColumnMeaning }>, preview: { columns: Array<{ name: string, type: string }>, edges: Array<{ node: { values: Array<unknown> } }> } }>, conversation: { id: string } } } };

export type AutoAnalyzeMutationVariables = Exact<{
  input: AutoAnalyzeInput;
}>;


export type AutoAnalyzeMutation = { autoAnalyze: { run: { id: string, status: RunStatus } } };

export type RunEventsSubscriptionVariables = Exact<{
  runId: string | number;
  after?: number | null | undefined;
}>;


export type RunEventsSubscription = { runEvents:
    | { __typename: 'CitationReady', seq: number }
    | { __typename: 'ImagePreviewed', seq: number }
    | { __typename: 'ImageReady', seq: number }
    | { __typename: 'InputGiven', seq: number }
    | { __typename: 'InputRequested', seq: number }
    | { __typename: 'ModelChanged', seq: number }
    | { __typename: 'PlanProposed', seq: number }
    | { __typename: 'PlotReady', seq: number, part: { id: string, title: string, spec: unknown } }
    | { __typename: 'QueryResultReady', seq: number, part: { id: string, title: string, sql: string, rows: Array<unknown> } }
    | { __typename: 'ReasoningDelta', seq: number }
    | { __typename: 'RunFailed', code: ErrorCode, message: string, seq: number }
    | { __typename: 'RunFinished', reason: RunFinishReason, seq: number, run: { status: RunStatus } }
    | { __typename: 'RunStarted', seq: number }
    | { __typename: 'SentimentReady', seq: number }
    | { __typename: 'SpeakerChosen', seq: number }
    | { __typename: 'StatusChanged', status: string, seq: number }
    | { __typename: 'TextDelta', position: number, text: string, seq: number }
    | { __typename: 'TitleChanged', title: string, seq: number }
    | { __typename: 'ToolCallStarted', seq: number }
    | { __typename: 'UsageReported', seq: number }
   };


export const RegisterDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Register"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RegisterInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"register"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"accessToken"}},{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"email"}}]}}]}}]}}]} as unknown as DocumentNode<RegisterMutation, RegisterMutationVariables>;
export const CreateSessionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateSession"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateSessionInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createSession"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"session"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"files"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"rowCount"}},{"kind":"Field","name":{"kind":"Name","value":"columnCount"}},{"kind":"Field","name":{"kind":"Name","value":"columns"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"meaning"}}]}},{"kind":"Field","name":{"kind":"Name","value":"preview"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"2"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"columns"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"type"}}]}},{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"values"}}]}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"conversation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}}]}}]}}]} as unknown as DocumentNode<CreateSessionMutation, CreateSessionMutationVariables>;
export const AutoAnalyzeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"AutoAnalyze"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"AutoAnalyzeInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"autoAnalyze"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"run"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}}]}}]} as unknown as DocumentNode<AutoAnalyzeMutation, AutoAnalyzeMutationVariables>;
export const RunEventsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"RunEvents"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"runId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"runEvents"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"runId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"runId"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"seq"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TextDelta"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"position"}},{"kind":"Field","name":{"kind":"Name","value":"text"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"StatusChanged"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"QueryResultReady"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"part"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"sql"}},{"kind":"Field","name":{"kind":"Name","value":"rows"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PlotReady"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"part"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"spec"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TitleChanged"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RunFinished"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"run"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RunFailed"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<RunEventsSubscription, RunEventsSubscriptionVariables>;