import { encodeGlobalID } from '@pothos/plugin-relay';
import { graphql, type ExecutionResult } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createContext } from '../../src/schema/context.ts';
import { createSchema } from '../../src/schema/schema.ts';
import { createMessages } from '../../src/services/message.ts';
import { createPreviews } from '../../src/services/table/previews.ts';
import { createStoredTables } from '../../src/services/table/stored-tables.ts';
import type { Services } from '../../src/services/services.ts';
import { createStatements } from '../../src/stores/statements.ts';
import { countStatements } from '../kit/statements.ts';
import { createWorkspace, type Workspace } from '../services/session-workspace.ts';

const schema = createSchema();
const refuse = async (): Promise<never> => {
  throw new Error('no query is needed');
};
const global = (type: string, id: string): string => encodeGlobalID(type, id);

describe('the schema of data sessions', () => {
  let workspace: Workspace;
  let services: Services;
  let ada: Viewer;
  let eve: Viewer;

  const run = (viewer: Viewer | null, source: string, variableValues: Record<string, unknown> = {}): Promise<ExecutionResult> =>
    graphql({
      schema,
      source,
      variableValues,
      contextValue: createContext({ viewer, requestId: 'r', services, device: { userAgent: null, address: '192.0.2.1', setAuthCookie: () => undefined } }),
    });
  const dataOf = async (viewer: Viewer, source: string, variables: Record<string, unknown> = {}): Promise<Record<string, Record<string, unknown>>> => {
    const { data, errors } = await run(viewer, source, variables);
    if (errors !== undefined) throw new Error(JSON.stringify({ source, variables, errors, data }));
    return Object(data);
  };
  const errorOf = async (viewer: Viewer | null, source: string, variables: Record<string, unknown> = {}): Promise<unknown> => {
    const { errors } = await run(viewer, source, variables);
    return errors?.map((error) => ({ message: error.message, code: Object(error.originalError).code }));
  };

  beforeAll(async () => {
    workspace = await createWorkspace();
    ada = await workspace.person();
    eve = await workspace.person();
    const { sessions, files, uploads, pool, prisma, fileStore } = workspace;
    services = Object({
      sessions,
      files,
      uploads,
      storedTables: createStoredTables({ prisma, fileStore }),
      previews: createPreviews({ duckdb: { page: refuse } }),
      people: {},
      conversations: {},
      runs: {},
      messages: createMessages({ statements: createStatements({ pool }) }),
    });
  });
  afterAll(async () => workspace[Symbol.asyncDispose]());

  it('makes a session of uploaded files, and shows their tables, columns, previews and reports', async () => {
    const [cars] = await workspace.upload(ada, { 'Cars.csv': 'make,price\nVW,1\nBMW,2\n' });
    const made = await dataOf(
      ada,
      `mutation ($input: CreateSessionInput!) { createSession(input: $input) { session { id title files {
        name format byteSize tableName rowCount columnCount createdAt session { title }
        columns { name type meaning nullCount distinctCount min max mean standardDeviation quartiles topValues { value count } }
        preview(first: 1) { columns { name type } edges { node { values } } pageInfo { hasNextPage } totalCount }
        ingest { delimiter quote escape header encoding rejectedRowCount rejectedRows { line column reason text } warnings }
      } } } }`,
      { input: { title: 'Cars', fileIds: [global('File', cars?.id ?? '')] } },
    );
    expect(made['createSession']).toMatchObject({
      session: {
        title: 'Cars',
        files: [
          {
            name: 'Cars.csv',
            format: 'CSV',
            byteSize: 22,
            tableName: 'cars',
            rowCount: 2,
            columnCount: 2,
            session: { title: 'Cars' },
            columns: [
              {
                name: 'make',
                meaning: 'CATEGORY',
                min: 'BMW',
                max: 'VW',
                mean: null,
                quartiles: null,
                topValues: [
                  { value: 'VW', count: 1 },
                  { value: 'BMW', count: 1 },
                ],
              },
              { name: 'price' },
            ],
            preview: {
              columns: [
                { name: 'make', type: 'VARCHAR' },
                { name: 'price', type: 'VARCHAR' },
              ],
              edges: [{ node: { values: ['VW', '1'] } }],
              pageInfo: { hasNextPage: true },
              totalCount: 2,
            },
            ingest: { delimiter: ',', quote: null, header: true, rejectedRows: [], warnings: [] },
          },
        ],
      },
    });
  });

  it('lists sessions with their files in three statements, and with all that is known of them in five', async () => {
    const bob = await workspace.person();
    for (let index = 0; index < 4; index += 1) {
      const files = await workspace.upload(bob, { 'a.csv': 'a\n1', 'b.csv': 'b\n1' });
      await workspace.sessions.create(bob, { title: `S${index}`, fileIds: files.map(({ id }) => id) });
    }
    const small = await countStatements(workspace.pool, () =>
      dataOf(bob, '{ sessions(first: 3) { edges { node { title files { tableName session { id } } } } pageInfo { hasNextPage } } }'),
    );
    expect(small.result).toMatchObject({
      sessions: { edges: [{ node: { title: 'S3', files: [{ tableName: 'a' }, { tableName: 'b' }] } }, {}, {}], pageInfo: { hasNextPage: true } },
    });
    expect(small.statements).toHaveLength(3);
    expect(small.statements.join()).not.toMatch(/"(preview|columns|ingest)"/);
    const all = await countStatements(workspace.pool, () =>
      dataOf(bob, '{ sessions { edges { node { files { columns { name } preview { edges { cursor } } ingest { delimiter } } } } } }'),
    );
    expect(all.statements).toHaveLength(5);
  });

  it('renames and deletes, and names what is gone', async () => {
    const [file, other] = await workspace.upload(ada, { 'x.csv': 'a\n1', 'y.csv': 'a\n1' });
    const session = await workspace.sessions.create(ada, { fileIds: [file?.id ?? '', other?.id ?? ''] });
    const id = global('Session', session.id);
    expect(
      await dataOf(ada, 'mutation ($input: UpdateSessionInput!) { updateSession(input: $input) { session { title } } }', { input: { id, title: 'New' } }),
    ).toEqual({ updateSession: { session: { title: 'New' } } });
    expect(
      await dataOf(ada, 'mutation ($input: DeleteFileInput!) { deleteFile(input: $input) { deletedFileId session { files { name } } } }', {
        input: { id: global('File', file?.id ?? '') },
      }),
    ).toEqual({ deleteFile: { deletedFileId: global('File', file?.id ?? ''), session: { files: [{ name: 'y.csv' }] } } });
    const conversation = await workspace.prisma.conversation.findUniqueOrThrow({ where: { sessionId: session.id } });
    expect(
      await dataOf(
        ada,
        'mutation ($input: DeleteSessionInput!) { deleteSession(input: $input) { deletedSessionId deletedConversationId deletedFileIds deletedTableIds } }',
        {
          input: { id },
        },
      ),
    ).toEqual({
      deleteSession: {
        deletedSessionId: id,
        deletedConversationId: global('Conversation', conversation.id),
        deletedFileIds: [global('File', other?.id ?? '')],
        deletedTableIds: [],
      },
    });
  });

  it('answers a stranger to the letter like a random id, on every field that takes one', async () => {
    const [file, loose] = await workspace.upload(ada, { 'secret.csv': 'a\n1', 'loose.csv': 'a\n1' });
    const session = await workspace.sessions.create(ada, { title: 'Secret', fileIds: [file?.id ?? ''] });
    const operations: readonly (readonly [type: string, id: string, source: string])[] = [
      ['Session', session.id, 'query ($id: ID!) { session(id: $id) { title } }'],
      ['Session', session.id, 'mutation ($id: ID!) { updateSession(input: { id: $id, title: "x" }) { session { title } } }'],
      ['Session', session.id, 'mutation ($id: ID!) { deleteSession(input: { id: $id }) { deletedSessionId } }'],
      ['File', file?.id ?? '', 'query ($id: ID!) { file(id: $id) { name } }'],
      ['File', file?.id ?? '', 'mutation ($id: ID!) { deleteFile(input: { id: $id }) { deletedFileId } }'],
      ['File', loose?.id ?? '', 'mutation ($id: ID!) { createSession(input: { fileIds: [$id] }) { session { id } } }'],
    ];
    for (const [type, id, source] of operations) {
      const answer = await errorOf(eve, source, { id: global(type, id) });
      expect(answer).toEqual([{ message: `No ${type} with this id exists, or you may not see it.`, code: 'NOT_FOUND' }]);
      expect(await errorOf(eve, source, { id: global(type, uuidv7()) })).toEqual(answer);
      expect(await errorOf(eve, source, { id: global(type, 'no-uuid') })).toEqual(answer);
      expect(await errorOf(null, source, { id: global(type, id) })).toMatchObject([{ code: 'UNAUTHENTICATED' }]);
    }
    expect(await dataOf(ada, 'query ($id: ID!) { session(id: $id) { title files { name } } }', { id: global('Session', session.id) })).toEqual({
      session: { title: 'Secret', files: [{ name: 'secret.csv' }] },
    });
    expect(await errorOf(null, '{ sessions { edges { cursor } } }')).toMatchObject([{ code: 'UNAUTHENTICATED' }]);
  });

  it('shows results and plots in messages as they are stored, and those of a stranger not at all', async () => {
    const session = await workspace.sessions.create(ada, { fileIds: [] });
    const conversation = await workspace.prisma.conversation.findUniqueOrThrow({ where: { sessionId: session.id } });
    const result = {
      title: 'One',
      sql: 'SELECT 1 AS n',
      columns: [{ name: 'n', type: 'INTEGER' }],
      rows: [[1]],
      rowCount: 1,
      truncated: false,
      elapsedMs: 1.5,
    };
    const plot = { title: 'N', sql: 'SELECT 1 AS n', spec: { mark: 'bar', data: { values: [{ n: 1 }] } } };
    const data = [
      { kind: 'QUERY_RESULT' as const, data: result },
      { kind: 'PLOT' as const, data: plot },
    ];
    await workspace.prisma.message.create({
      data: {
        id: uuidv7(),
        conversationId: conversation.id,
        role: 'ASSISTANT',
        createdAt: new Date(),
        parts: { create: data.map((part, position) => ({ id: uuidv7(), position, ...part })) },
      },
    });
    services = Object({ ...services, conversations: { get: async () => conversation } });
    const source = `query ($id: ID!) { conversation(id: $id) { messages { edges { node { parts {
      ... on QueryResultPart { title sql columns { name type } rows rowCount truncated elapsedMs } ... on PlotPart { title sql } } } } } } }`;
    const variables = { id: global('Conversation', conversation.id) };
    expect(await dataOf(ada, source, variables)).toEqual({
      conversation: { messages: { edges: [{ node: { parts: [result, { title: 'N', sql: 'SELECT 1 AS n' }] } }] } },
    });
    expect(await dataOf(eve, source, variables)).toEqual({ conversation: { messages: { edges: [] } } });
  });

  it.each([0, 101, -1])('refuses a preview of %i rows', async (first) => {
    const [file] = await workspace.upload(ada, { 'x.csv': 'a\n1' });
    expect(
      await errorOf(ada, 'query ($id: ID!, $first: Int!) { file(id: $id) { preview(first: $first) { edges { cursor } } } }', {
        id: global('File', file?.id ?? ''),
        first,
      }),
    ).toEqual([{ code: 'BAD_USER_INPUT', message: `"first" is ${first}; it must be from 1 to 100.` }]);
  });
});
