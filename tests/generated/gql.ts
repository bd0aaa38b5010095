/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  mutation Register($input: RegisterInput!) {\n    register(input: $input) {\n      accessToken\n      user {\n        id\n        email\n      }\n    }\n  }\n": typeof types.RegisterDocument,
    "\n  mutation CreateSession($input: CreateSessionInput!) {\n    createSession(input: $input) {\n      session {\n        id\n        files {\n          id\n          name\n          rowCount\n          columnCount\n          columns {\n            name\n            type\n            meaning\n          }\n          preview(first: 2) {\n            columns {\n              name\n              type\n            }\n            edges {\n              node {\n                values\n              }\n            }\n          }\n        }\n        conversation {\n          id\n        }\n      }\n    }\n  }\n": typeof types.CreateSessionDocument,
    "\n  mutation AutoAnalyze($input: AutoAnalyzeInput!) {\n    autoAnalyze(input: $input) {\n      run {\n        id\n        status\n      }\n    }\n  }\n": typeof types.AutoAnalyzeDocument,
    "\n  subscription RunEvents($runId: ID!, $after: Int) {\n    runEvents(runId: $runId, after: $after) {\n      __typename\n      seq\n      ... on TextDelta {\n        position\n        text\n      }\n      ... on StatusChanged {\n        status\n      }\n      ... on QueryResultReady {\n        part {\n          id\n          title\n          sql\n          rows\n        }\n      }\n      ... on PlotReady {\n        part {\n          id\n          title\n          spec\n        }\n      }\n      ... on TitleChanged {\n        title\n      }\n      ... on RunFinished {\n        reason\n        run {\n          status\n        }\n      }\n      ... on RunFailed {\n        code\n        message\n      }\n    }\n  }\n": typeof types.RunEventsDocument,
};
const documents: Documents = {
    "\n  mutation Register($input: RegisterInput!) {\n    register(input: $input) {\n      accessToken\n      user {\n        id\n        email\n      }\n    }\n  }\n": types.RegisterDocument,
    "\n  mutation CreateSession($input: CreateSessionInput!) {\n    createSession(input: $input) {\n      session {\n        id\n        files {\n          id\n          name\n          rowCount\n          columnCount\n          columns {\n            name\n            type\n            meaning\n          }\n          preview(first: 2) {\n            columns {\n              name\n              type\n            }\n            edges {\n              node {\n                values\n              }\n            }\n          }\n        }\n        conversation {\n          id\n        }\n      }\n    }\n  }\n": types.CreateSessionDocument,
    "\n  mutation AutoAnalyze($input: AutoAnalyzeInput!) {\n    autoAnalyze(input: $input) {\n      run {\n        id\n        status\n      }\n    }\n  }\n": types.AutoAnalyzeDocument,
    "\n  subscription RunEvents($runId: ID!, $after: Int) {\n    runEvents(runId: $runId, after: $after) {\n      __typename\n      seq\n      ... on TextDelta {\n        position\n        text\n      }\n      ... on StatusChanged {\n        status\n      }\n      ... on QueryResultReady {\n        part {\n          id\n          title\n          sql\n          rows\n        }\n      }\n      ... on PlotReady {\n        part {\n          id\n          title\n          spec\n        }\n      }\n      ... on TitleChanged {\n        title\n      }\n      ... on RunFinished {\n        reason\n        run {\n          status\n        }\n      }\n      ... on RunFailed {\n        code\n        message\n      }\n    }\n  }\n": types.RunEventsDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Register($input: RegisterInput!) {\n    register(input: $input) {\n      accessToken\n      user {\n        id\n        email\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation Register($input: RegisterInput!) {\n    register(input: $input) {\n      accessToken\n      user {\n        id\n        email\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateSession($input: CreateSessionInput!) {\n    createSession(input: $input) {\n      session {\n        id\n        files {\n          id\n          name\n          rowCount\n          columnCount\n          columns {\n            name\n            type\n            meaning\n          }\n          preview(first: 2) {\n            columns {\n              name\n              type\n            }\n            edges {\n              node {\n                values\n              }\n            }\n          }\n        }\n        conversation {\n          id\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation CreateSession($input: CreateSessionInput!) {\n    createSession(input: $input) {\n      session {\n        id\n        files {\n          id\n          name\n          rowCount\n          columnCount\n          columns {\n            name\n            type\n            meaning\n          }\n          preview(first: 2) {\n            columns {\n              name\n              type\n            }\n            edges {\n              node {\n                values\n              }\n            }\n          }\n        }\n        conversation {\n          id\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AutoAnalyze($input: AutoAnalyzeInput!) {\n    autoAnalyze(input: $input) {\n      run {\n        id\n        status\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation AutoAnalyze($input: AutoAnalyzeInput!) {\n    autoAnalyze(input: $input) {\n      run {\n        id\n        status\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription RunEvents($runId: ID!, $after: Int) {\n    runEvents(runId: $runId, after: $after) {\n      __typename\n      seq\n      ... on TextDelta {\n        position\n        text\n      }\n      ... on StatusChanged {\n        status\n      }\n      ... on QueryResultReady {\n        part {\n          id\n          title\n          sql\n          rows\n        }\n      }\n      ... on PlotReady {\n        part {\n          id\n          title\n          spec\n        }\n      }\n      ... on TitleChanged {\n        title\n      }\n      ... on RunFinished {\n        reason\n        run {\n          status\n        }\n      }\n      ... on RunFailed {\n        code\n        message\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription RunEvents($runId: ID!, $after: Int) {\n    runEvents(runId: $runId, after: $after) {\n      __typename\n      seq\n      ... on TextDelta {\n        position\n        text\n      }\n      ... on StatusChanged {\n        status\n      }\n      ... on QueryResultReady {\n        part {\n          id\n          title\n          sql\n          rows\n        }\n      }\n      ... on PlotReady {\n        part {\n          id\n          title\n          spec\n        }\n      }\n      ... on TitleChanged {\n        title\n      }\n      ... on RunFinished {\n        reason\n        run {\n          status\n        }\n      }\n      ... on RunFailed {\n        code\n        message\n      }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;