import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSession } from '../access/world.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import type { Parsed } from '../kit/graphql-client.ts';
import { createScriptedEngine, type ScriptedEngine } from '../kit/scripted-engine.ts';

const ask = `mutation ($input: AskInput!) { ask(input: $input) { run { status message { parts {
  __typename ... on QueryResultPart { id } ... on PlotPart { id }
  ... on TextPart { text evidence { text offset source rowIndex columnName part { id } } }
} } } } }`;
const rerun = `mutation ($id: ID!) { rerunQuery(input: { partId: $id }) {
  outcome differenceCount differences { kind rowIndex columnName before after } result { rows columns { name } rowCount } error { code message }
} }`;
const save = `mutation ($input: SaveVerifiedQueryInput!) { saveVerifiedQuery(input: $input) { verifiedQuery { id question sql session { id } } } }`;
const verified = `query ($id: ID!) { session(id: $id) { verifiedQueries { id question sql } } }`;

const averages = 'SELECT origin, avg(price) AS "average price" FROM cars GROUP BY 1 ORDER BY 1';

describe('answers about data', () => {
  let app: TestApp;
  let engine: ScriptedEngine;
  let ada: TestPerson;
  let session: Awaited<ReturnType<typeof createSession>>;
  let parts: Parsed;
  const partOf = (type: string): string => parts.find((part: Parsed) => part.__typename === type).id;

  beforeAll(async () => {
    engine = createScriptedEngine();
    app = await startTestApp({ overrides: { engines: [engine] } });
    ada = await app.person();
    session = await createSession(app, ada, 'cars.csv', 'make,price,origin\nVW,10.5,Europe\nFord,2000,USA\nBMW,30,Europe\n');
    const answer = ada.client.request(ask, { input: { conversationId: session.conversation.id, text: 'How much?' } });
    const first = await engine.nextCall();
    first.toolCall('1', 'describe_data', {});
    first.toolCall('2', 'run_sql', { sql: averages, title: 'Averages' });
    const spec = { mark: 'bar', encoding: { x: { field: 'origin', type: 'nominal' }, y: { field: 'average price', type: 'quantitative' } } };
    first.toolCall('3', 'create_plot', { sql: averages, title: 'Averages', spec });
    first.finish('TOOL_CALLS');
    const second = await engine.nextCall();
    second.text('In 2024 cars cost 20.3 in Europe and $2k in the USA, all between 10.5 and 2,000; cheapest is 17.');
    second.finish();
    parts = (await answer).ask.run.message.parts;
  });
  afterAll(() => app[Symbol.asyncDispose]());

  it('say for each number which stored result supports it, and that none does', () => {
    const id = partOf('QueryResultPart');
    const { evidence, text } = parts.find((part: Parsed) => part.__typename === 'TextPart');
    expect(evidence).toEqual([
      { text: '20.3', offset: text.indexOf('20.3'), source: 'QUERY_RESULT', rowIndex: 0, columnName: 'average price', part: { id } },
      { text: '2k', offset: text.indexOf('2k'), source: 'QUERY_RESULT', rowIndex: 1, columnName: 'average price', part: { id } },
      { text: '10.5', offset: text.indexOf('10.5'), source: 'DESCRIPTION', rowIndex: null, columnName: null, part: null },
      { text: '2,000', offset: text.indexOf('2,000'), source: 'QUERY_RESULT', rowIndex: 1, columnName: 'average price', part: { id } },
      { text: '17', offset: text.indexOf('17'), source: 'NONE', rowIndex: null, columnName: null, part: null },
    ]);
  });

  it('are run again: a table and a plot match, drift when the data is another, and fail when it is gone', async () => {
    for (const type of ['QueryResultPart', 'PlotPart']) {
      const { rerunQuery } = await ada.client.request(rerun, { id: partOf(type) });
      expect(rerunQuery).toMatchObject({ outcome: 'MATCH', differenceCount: 0, differences: [], error: null, result: { rowCount: 2 } });
    }
    const other = await createSession(app, ada, 'cars.csv', 'make,price,origin\nVW,10.5,Europe\nFord,3000,USA\n');
    const answer = ada.client.request(ask, { input: { conversationId: other.conversation.id, text: 'How much?' } });
    const first = await engine.nextCall();
    first.toolCall('1', 'run_sql', { sql: 'SELECT random() AS r', title: 'By chance' });
    first.finish('TOOL_CALLS');
    (await engine.nextCall()).finish();
    const chance = (await answer).ask.run.message.parts.find((part: Parsed) => part.__typename === 'QueryResultPart').id;
    expect((await ada.client.request(rerun, { id: chance })).rerunQuery).toMatchObject({
      outcome: 'DRIFT',
      differenceCount: 1,
      differences: [{ kind: 'CHANGED', rowIndex: 0, columnName: 'r', before: expect.any(Number), after: expect.any(Number) }],
    });
    await ada.client.request('mutation ($id: ID!) { deleteFile(input: { id: $id }) { deletedFileId } }', { id: session.fileId });
    expect((await ada.client.request(rerun, { id: partOf('PlotPart') })).rerunQuery).toMatchObject({
      outcome: 'FAILED',
      result: null,
      error: { code: expect.stringMatching(/^SQL_/), message: expect.stringContaining('cars') },
    });
  });

  it('of the built-in analyst build on each other, have units, lean on nothing unknown, and follow what was verified', async () => {
    const rows = Array.from(
      { length: 40 },
      (_, index) => `m${index},$${1000 + index * 37}.50,${['Europe', 'USA', 'Japan'][index % 3]},${2000 + (index % 4)}-03-01`,
    );
    const own = await createSession(app, ada, 'bikes.csv', `model,price,origin,sold\n${rows.join('\n')}\n`);
    const say = async (text: string): Promise<Parsed> =>
      (await ada.client.request(ask, { input: { conversationId: own.conversation.id, text, model: 'builtin:analyst' } })).ask.run.message.parts;
    const told = (answer: Parsed): string => answer.flatMap((part: Parsed) => part.text ?? []).join('');
    const sources = (answer: Parsed): readonly string[] =>
      answer.flatMap((part: Parsed) => (part.evidence ?? []).map((one: Parsed) => (one.source === 'NONE' ? one.text : one.source)));
    const first = await say('average price by origin');
    expect(told(first)).toMatch(/I read this as: average price by origin\..*highest for \w+ \(\$1,7\d\d/s);
    expect(sources(first)).toEqual(['QUERY_RESULT', 'QUERY_RESULT']);
    const second = await say('only 2002 and as a pie');
    expect(told(second)).toMatch(/where the year is 2002\..*averages are none, so this is drawn as a bar chart/s);
    expect(new Set(sources(second))).toEqual(new Set(['QUERY_RESULT']));
    await ada.client.request(save, { input: { sessionId: own.id, question: 'Our usual question', sql: 'SELECT max(price) AS dearest FROM bikes' } });
    const third = await say('our usual question?');
    expect(told(third)).toContain('The **dearest** is 2,443');
    expect(third.find((part: Parsed) => part.__typename === 'QueryResultPart')).toBeDefined();
    expect(sources(await say('Analyse the data')).filter((source) => !/^[A-Z_]+$/.test(source))).toEqual([]);
  });

  it('keep verified queries by their question, show them to the next runs, and forget them', async () => {
    const { id: sessionId } = await createSession(app, ada, 'pets.csv', 'pet,age\ncat,3\ndog,5\n');
    const keep = (question: string, sql: string): Promise<Parsed> => ada.client.request(save, { input: { sessionId, question, sql } });
    const first = (await keep('How old is the oldest pet?', 'SELECT max(age) FROM pets')).saveVerifiedQuery.verifiedQuery;
    expect(first).toMatchObject({ session: { id: sessionId } });
    await keep('how old is the OLDEST pet', 'SELECT max(age) AS oldest FROM pets');
    await keep('Which pets are there?', 'SELECT pet FROM pets');
    const listed = (await ada.client.request(verified, { id: sessionId })).session.verifiedQueries;
    expect(listed.map((one: Parsed) => [one.id === first.id, one.question, one.sql])).toEqual([
      [true, 'how old is the OLDEST pet', 'SELECT max(age) AS oldest FROM pets'],
      [false, 'Which pets are there?', 'SELECT pet FROM pets'],
    ]);
    await expect(keep('Broken', 'SELECT agee FROM pets')).rejects.toThrow(/age/);
    await expect(keep('?!', 'SELECT 1')).rejects.toThrow('has no word');

    const conversationId = (await ada.client.request('query ($id: ID!) { session(id: $id) { conversation { id } } }', { id: sessionId })).session.conversation
      .id;
    const answer = ada.client.request(ask, { input: { conversationId, text: 'Which pets are old?' } });
    const call = await engine.nextCall();
    const examples = call.request.system
      ?.split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line).question);
    expect(examples).toEqual(['Which pets are there?', 'how old is the OLDEST pet']);
    call.toolCall('1', 'describe_data', {});
    call.finish('TOOL_CALLS');
    const next = await engine.nextCall();
    const described = next.request.messages.findLast((message) => message.role === 'tool');
    expect(JSON.parse(described?.role === 'tool' ? described.content : '')).toMatchObject({ verifiedQueries: [{ sql: 'SELECT pet FROM pets' }, {}] });
    next.finish();
    await answer;

    const forget = 'mutation ($id: ID!) { deleteVerifiedQuery(input: { id: $id }) { deletedVerifiedQueryId session { verifiedQueries { question } } } }';
    expect((await ada.client.request(forget, { id: first.id })).deleteVerifiedQuery).toEqual({
      deletedVerifiedQueryId: first.id,
      session: { verifiedQueries: [{ question: 'Which pets are there?' }] },
    });
  });
});
