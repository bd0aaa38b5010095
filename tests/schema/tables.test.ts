import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSession } from '../access/world.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { createScriptedEngine, type ScriptedEngine } from '../kit/scripted-engine.ts';
import { subscribeSse } from '../kit/sse-client.ts';

const csv = `id,region,price\n${Array.from({ length: 200 }, (_, index) => `${index},${['north', 'south', ''][index % 3]},${(index * 7) % 100}.5`).join('\n')}\n`;
const tableFields = 'tableName version rowCount isCurrent isStale parents { name revision table { tableName } } versions { version isCurrent }';

describe('the tables of a session', () => {
  let app: TestApp;
  let ada: TestPerson;
  let engine: ScriptedEngine;
  let session: { readonly id: string; readonly fileId: string; readonly conversation: { readonly id: string } };
  beforeAll(async () => {
    engine = createScriptedEngine();
    app = await startTestApp({ overrides: { engines: [engine] } });
    ada = await app.person();
    session = await createSession(app, ada, 'sales.csv', csv);
  });
  afterAll(() => app[Symbol.asyncDispose]());

  const input = async (field: string, values: Readonly<Record<string, unknown>>, selection: string): Promise<any> => {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
    const answer = await ada.client.request(`mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} } }`, { input: values });
    return answer[field];
  };
  const failure = async (work: Promise<unknown>): Promise<unknown> => work.then(JSON.stringify, (error: unknown) => String(error).replaceAll('\\"', '"'));
  const rows = async (args: string): Promise<any> =>
    (
      await ada.client.request(
        `query ($id: ID!) { file(id: $id) { preview(${args}) { columns { name } edges { cursor node { values } } pageInfo { hasNextPage hasPreviousPage } totalCount } } }`,
        {
          id: session.fileId,
        },
      )
    ).file.preview;
  const ids = (connection: any): unknown => connection.edges.map((edge: any) => edge.node.values[0]);
  const tableNames = async (): Promise<unknown> =>
    (
      await ada.client.request('query ($id: ID!) { session(id: $id) { tables { __typename tableName rowCount columns { name } } } }', { id: session.id })
    ).session.tables.map((table: any) => `${table.__typename} ${table.tableName} ${table.rowCount} ${table.columns.length}`);
  const storedCount = async (): Promise<number> => {
    const shards = await readdir(join(app.dataFolder, 'files'));
    return (await Promise.all(shards.map((shard) => readdir(join(app.dataFolder, 'files', shard))))).flat().length;
  };

  it('show their rows by pages, from the database and from the file alike', async () => {
    const first = await rows('first: 2');
    expect(first).toMatchObject({
      columns: [{ name: 'id' }, { name: 'region' }, { name: 'price' }],
      totalCount: 200,
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    });
    expect(first.edges.map((edge: any) => edge.node.values)).toEqual([
      [0, 'north', 0.5],
      [1, 'south', 7.5],
    ]);
    const seen: unknown[] = [];
    for (let after = '', more = true; more;) {
      const page = await rows(`first: 45 columns: ["id"] ${after}`);
      seen.push(...page.edges.map((edge: any) => edge.node.values[0]));
      after = `after: "${page.edges.at(-1).cursor}"`;
      more = page.pageInfo.hasNextPage;
    }
    expect(seen).toEqual(Array.from({ length: 200 }, (_, index) => index));
    const last = await rows('last: 3');
    expect([ids(last), last.pageInfo]).toEqual([[197, 198, 199], { hasNextPage: false, hasPreviousPage: true }]);
    expect(ids(await rows(`last: 2 before: "${last.edges[0].cursor}"`))).toEqual([195, 196]);
  });

  it('show them filtered and ordered', async () => {
    const args =
      'filter: [{ column: "region", operator: EQUALS, value: "north" }, { column: "price", operator: BETWEEN, value: [10, 30] }] orderBy: [{ column: "price", direction: DESC }, { column: "id" }]';
    const expected = Array.from({ length: 200 }, (_, id) => ({ id, price: ((id * 7) % 100) + 0.5 }))
      .filter(({ id, price }) => id % 3 === 0 && price >= 10 && price <= 30)
      .toSorted((a, b) => b.price - a.price || a.id - b.id)
      .map(({ id }) => id);
    const page = await rows(`first: 4 ${args}`);
    expect([ids(page), page.totalCount, page.pageInfo.hasNextPage]).toEqual([expected.slice(0, 4), expected.length, true]);
    const next = await rows(`first: 100 after: "${page.edges[3].cursor}" ${args}`);
    expect([ids(next), next.pageInfo]).toEqual([expected.slice(4), { hasNextPage: false, hasPreviousPage: true }]);
    expect((await rows('filter: [{ column: "region", operator: IS_NULL }]')).totalCount).toBe(66);
  });

  it.each([
    ['columns: ["regoin"]', 'There is no column "regoin" in this table. Did you mean "region"?'],
    ['columns: []', '"columns" names 0; it must be from 1 to 1000.'],
    ['orderBy: [{ column: "id\\" DESC; --" }]', 'There is no column'],
    ['filter: [{ column: "price", operator: LESS, value: "cheap" }]', 'The filter on "price" has the value "cheap", which is no DOUBLE.'],
    ['filter: [{ column: "price", operator: LESS }]', 'has 0 values; LESS takes 1.'],
    ['filter: [{ column: "price", operator: BETWEEN, value: [1] }]', 'has 1 values; BETWEEN takes 2.'],
    ['filter: [{ column: "price", operator: IN, value: 1 }]', 'IN takes a list.'],
    ['filter: [{ column: "price", operator: EQUALS, value: { a: 1 } }]', 'no text, number or yes/no'],
    ['after: "nonsense"', 'is not a cursor of these rows'],
    [`after: "${Buffer.from('[2,5]').toString('base64url')}"`, 'before it was read anew'],
    ['first: 101', '"first" is 101'],
  ])('refuse a page that makes no sense: %s', async (args, words) => {
    expect(await failure(rows(args))).toContain(words);
  });

  it('give a sample that can be repeated', async () => {
    const sample = async (args: string): Promise<any> =>
      (
        await ada.client.request(`query ($id: ID!) { file(id: $id) { sampleRows(${args}) { columns { name } rows } } }`, { id: session.fileId })
      ).file.sampleRows.rows.map((row: any) => row[0]);
    const [own, same, other] = [await sample('first: 30'), await sample('first: 30'), await sample('first: 30, seed: 5')];
    expect(own).toHaveLength(30);
    expect(same).toEqual(own);
    expect(other).not.toEqual(own);
    expect(own).toEqual(own.toSorted((a: number, b: number) => a - b));
    expect(Math.max(...own, ...other)).toBeGreaterThan(150);
  });

  it('grow by tables that a SELECT makes, which have versions that can be undone', async () => {
    const make = (name: string, sql: string): Promise<any> =>
      input('createTable', { sessionId: session.id, name, sql }, `table { ${tableFields} } session { id }`);
    const before = await storedCount();
    expect((await make('regions', 'SELECT region, count(*) AS n FROM sales GROUP BY ALL ORDER BY 1')).table).toEqual({
      tableName: 'regions',
      version: 1,
      rowCount: 3,
      isCurrent: true,
      isStale: false,
      parents: [{ name: 'sales', revision: 1, table: { tableName: 'sales' } }],
      versions: [{ version: 1, isCurrent: true }],
    });
    expect((await make('totals', 'SELECT sum(n) AS n FROM regions')).table).toMatchObject({ version: 1, isStale: false });
    expect((await make('regions', 'SELECT * FROM regions WHERE region IS NOT NULL')).table).toMatchObject({ version: 2, rowCount: 2, isStale: false });
    expect(await tableNames()).toEqual(['File sales 200 3', 'DerivedTable regions 2 2', 'DerivedTable totals 1 1']);
    expect(await storedCount()).toBe(before + 3);

    const totals = await input('refreshTable', { sessionId: session.id, name: 'totals' }, `table { ${tableFields} preview { edges { node { values } } } }`);
    expect(totals.table).toMatchObject({ version: 2, isStale: false, preview: { edges: [{ node: { values: [134] } }] } });

    const renameTo = (tableName: string): Promise<any> => input('updateFile', { id: session.fileId, tableName }, 'file { tableName }');
    const again = (): Promise<any> =>
      input('refreshTable', { sessionId: session.id, name: 'counted' }, 'table { version rowCount parents { name table { tableName } } }');
    await make('counted', 'SELECT count(*) AS n FROM sales');
    await renameTo('orders');
    expect((await again()).table).toEqual({ version: 2, rowCount: 1, parents: [{ name: 'sales', table: { tableName: 'orders' } }] });
    await make('sales', 'SELECT 1 AS one');
    expect(await failure(again())).toContain('"counted" was made of the table "sales", which is called "orders" now, and "sales" is another table.');
    for (const name of ['sales', 'counted']) await input('deleteTable', { sessionId: session.id, name }, 'deletedTableIds');
    await renameTo('sales');

    const undo = (): Promise<any> => input('undoTable', { sessionId: session.id, name: 'regions' }, `table { version isCurrent }`);
    const redo = (): Promise<any> => input('redoTable', { sessionId: session.id, name: 'regions' }, `table { version isCurrent }`);
    expect(await undo()).toEqual({ table: { version: 1, isCurrent: true } });
    expect(
      (await ada.client.request('query ($id: ID!) { session(id: $id) { tables { ... on DerivedTable { tableName isStale } } } }', { id: session.id })).session
        .tables,
    ).toContainEqual({
      tableName: 'totals',
      isStale: true,
    });
    expect(await undo()).toEqual({ table: null });
    expect(await tableNames()).toEqual(['File sales 200 3', 'DerivedTable totals 1 1']);
    expect(await failure(undo())).toContain('The session has no derived table "regions".');
    expect(await redo()).toEqual({ table: { version: 1, isCurrent: true } });
    // What was undone cannot be done again once there is something newer.
    expect((await make('regions', 'SELECT 1 AS one')).table).toMatchObject({ version: 2, versions: [{ version: 1 }, { version: 2, isCurrent: true }] });
    expect(await failure(redo())).toContain('newest version');
    expect(await storedCount()).toBe(before + 4);
    const deleted = await input('deleteTable', { sessionId: session.id, name: 'regions' }, 'deletedTableIds session { tables { tableName } }');
    expect([deleted.deletedTableIds.length, deleted.session.tables.length]).toEqual([2, 2]);
    expect(await storedCount()).toBe(before + 2);
  });

  it.each([
    ['Sales 2024', 'SELECT 1', 'cannot be the name of a table', 'write "sales_2024"'],
    ['select', 'SELECT 1', 'cannot be the name of a table', 'select_data'],
    ['sales', 'SELECT 1', 'is the table of an uploaded file', 'sales_2'],
    ['x', 'DROP TABLE sales', 'Only one SELECT is allowed'],
    ['x', 'SELECT * FROM sale', 'sale'],
    ['x', 'SELECT pirce FROM sales', 'price'],
  ])('are not made where that makes no sense: %s of %s', async (name, sql, ...words) => {
    const before = await storedCount();
    const said = await failure(input('createTable', { sessionId: session.id, name, sql }, 'session { id }'));
    for (const word of words) expect(said).toContain(word);
    expect(await storedCount()).toBe(before);
    expect(await readdir(join(app.dataFolder, 'tmp'))).toEqual([]);
  });

  it('are made by a run, which says that the data was updated', async () => {
    const sent = await ada.client.request('mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }', {
      input: { conversationId: session.conversation.id, text: 'Keep the north' },
    });
    const first = await engine.nextCall();
    first.toolCall('c1', 'create_table', { name: 'north', sql: "SELECT * FROM sales WHERE region = 'north'" });
    first.finish('TOOL_CALLS');
    const second = await engine.nextCall();
    expect(JSON.parse(second.request.messages.at(-1)?.role === 'tool' ? (Object(second.request.messages.at(-1)).content ?? '') : '{}')).toEqual({
      created: 'north',
      version: 1,
      rowCount: 67,
      columnCount: 3,
    });
    second.toolCall('c2', 'run_sql', { sql: 'SELECT count(*) AS n FROM north', title: 'North' });
    second.finish('TOOL_CALLS');
    const third = await engine.nextCall();
    expect(Object(third.request.messages.at(-1)).content).toContain('67');
    third.text('Done.');
    third.finish();
    const events = await subscribeSse(app.url, {
      query: 'subscription ($id: ID!) { runEvents(runId: $id) { seq ... on RunFinished { dataUpdated } } }',
      variables: { id: sent.sendMessage.run.id },
      token: ada.token,
    });
    let last: unknown = null;
    for (let event = await events.nextEvent(); event.kind === 'next'; event = await events.nextEvent()) last = event;
    expect(JSON.stringify(last)).toContain('"dataUpdated":true');
    const { session: found } = await ada.client.request(
      'query ($id: ID!) { session(id: $id) { tables { tableName ... on DerivedTable { run { id dataUpdated } } } } }',
      { id: session.id },
    );
    expect(found.tables).toContainEqual({ tableName: 'north', run: { id: sent.sendMessage.run.id, dataUpdated: true } });
  });

  it('answer many queries of one operation, one after another', async () => {
    const fields = Array.from({ length: 8 }, (_, index) => `q${index}: runSql(sessionId: $id, sql: "SELECT ${index} AS n") { rows }`).join(' ');
    const answer = await ada.client.request(`query ($id: ID!) { ${fields} }`, { id: session.id });
    expect(Object.values(answer)).toEqual(Array.from({ length: 8 }, (_, index) => ({ rows: [[index]] })));
  });

  it('tell what SQL gives, and would do', async () => {
    const document = `query ($id: ID!, $sql: String!, $first: Int!) {
      runSql(sessionId: $id, sql: $sql, first: $first) { columns { name type } rows rowCount truncated elapsedMs }
      explainSql(sessionId: $id, sql: $sql) { plan columns { name } reads { table columns } }
    }`;
    const sql = 'SELECT id, price FROM sales WHERE price > 50 ORDER BY id';
    expect(await ada.client.request(document, { id: session.id, sql, first: 2 })).toEqual({
      runSql: {
        columns: [
          { name: 'id', type: 'BIGINT' },
          { name: 'price', type: 'DOUBLE' },
        ],
        rows: [
          [8, 56.5],
          [9, 63.5],
        ],
        rowCount: 2,
        truncated: true,
        elapsedMs: expect.any(Number),
      },
      explainSql: {
        plan: expect.stringContaining('PARQUET'),
        columns: [{ name: 'id' }, { name: 'price' }],
        reads: [{ table: 'sales', columns: ['id', 'price'] }],
      },
    });
    expect(await failure(ada.client.request(document, { id: session.id, sql, first: 1_001 }))).toContain('For more rows there is exportQuery.');
    expect(await failure(ada.client.request(document, { id: session.id, sql: 'SELECT prise FROM sales', first: 1 }))).toContain('price');
  });

  it('outlive the file that they were made of, and go with the session', async () => {
    const other = await createSession(app, ada, 'raw.csv', 'a\n1\n2\n');
    const before = await storedCount();
    await input('createTable', { sessionId: other.id, name: 'clean', sql: 'SELECT a * 2 AS b FROM raw' }, 'session { id }');
    await input('deleteFile', { id: other.fileId }, 'deletedFileId');
    const answer = await ada.client.request(
      'query ($id: ID!) { runSql(sessionId: $id, sql: "SELECT * FROM clean") { rows } session(id: $id) { tables { ... on DerivedTable { parents { name table { id } } } } } }',
      {
        id: other.id,
      },
    );
    expect(answer).toEqual({ runSql: { rows: [[2], [4]] }, session: { tables: [{ parents: [{ name: 'raw', table: null }] }] } });
    expect(await storedCount()).toBe(before);
    await input('deleteSession', { id: other.id }, 'deletedSessionId');
    expect(await storedCount()).toBe(before - 1);
  });
});
