import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from '@graphql-codegen/cli';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import codegen from '../../codegen.ts';
import { parseConfig } from '../../src/base/config.ts';
import { createSchema } from '../../src/schema/schema.ts';
import { createPersistedDocuments, loadPersistedDocuments } from '../../src/server/persisted-documents.ts';
import { startTestApp } from '../kit/app.ts';
import type { Parsed } from '../kit/graphql-client.ts';
import { openSocket } from '../kit/websocket-client.ts';
import { startServer, type TestServer } from './test-server.ts';

const { gate } = parseConfig({});
const hello = '{ hello }';
const helloHash = createHash('sha256').update(hello).digest('hex');
const deep = `{ thing { ${'other { '.repeat(20)} name ${' }'.repeat(20)} } }`;
const documents = new Map([
  [helloHash, hello],
  ['count', 'subscription Count($to: Int) { count(to: $to) }'],
  ['change', 'mutation { change }'],
  ['deep', deep],
  ['pages', 'query ($size: Int) { things(first: $size) { nodes { name } } }'],
]);

const persisted = (mode: 'allow' | 'only') => ({ path: 'unused', mode });
let allow: TestServer;
let only: TestServer;
beforeAll(async () => {
  allow = await startServer({ persistedDocuments: createPersistedDocuments(documents, false) }, { gate: { ...gate, persistedDocuments: persisted('allow') } });
  only = await startServer({ persistedDocuments: createPersistedDocuments(documents, true) }, { gate: { ...gate, persistedDocuments: persisted('only') } });
});
afterAll(() => Promise.all([allow.stop(), only.stop()]));

type Parameters = Readonly<Record<string, unknown>>;

async function answerOf(response: Response): Promise<Parsed> {
  const text = await response.text();
  const event = /^data: (.*)$/m.exec(text)?.[1];
  return JSON.parse(event ?? text);
}

const json = { 'content-type': 'application/json' };
const urlOf = (server: TestServer, parameters: Parameters): string => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) search.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  return `${server.url}/graphql?${search}`;
};

/** The first answer to parameters, over each transport. */
const transports = {
  post: async (server: TestServer, parameters: Parameters): Promise<Parsed> =>
    answerOf(await fetch(`${server.url}/graphql`, { method: 'POST', headers: json, body: JSON.stringify(parameters) })),
  get: async (server: TestServer, parameters: Parameters): Promise<Parsed> => answerOf(await fetch(urlOf(server, parameters))),
  sse: async (server: TestServer, parameters: Parameters): Promise<Parsed> =>
    answerOf(await fetch(urlOf(server, parameters), { headers: { accept: 'text/event-stream' } })),
  async websocket(server: TestServer, parameters: Parameters): Promise<Parsed> {
    const socket = await openSocket(server.url);
    const event = await socket.subscribeWith({ query: '', ...parameters }).nextEvent();
    socket.cut();
    if (event.kind === 'next') return event.result;
    return event.kind === 'error' ? { errors: event.errors } : event;
  },
};

describe.each(Object.entries(transports))('over %s', (name, ask) => {
  test.each([
    ['documentId', { documentId: helloHash }],
    ['documentId with a prefix', { documentId: `sha256:${helloHash}` }],
    ['doc_id, as Relay apps do', { doc_id: helloHash }],
    ['id, as Relay apps do', { id: helloHash }],
    ["Apollo's extension", { extensions: { persistedQuery: { version: 1, sha256Hash: helloHash } } }],
  ])('a document is named by %s', async (_title, parameters) => {
    for (const server of [allow, only]) expect(await ask(server, parameters)).toEqual({ data: { hello: 'world' } });
  });

  test('its variables come with the request, and are held to the limits', async () => {
    for (const server of [allow, only]) {
      expect((await ask(server, { documentId: 'pages', variables: { size: 2 } })).errors).toBeUndefined();
      expect((await ask(server, { documentId: 'pages', variables: { size: 101 } })).errors[0].extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  test('an unknown one is PERSISTED_DOCUMENT_NOT_FOUND', async () => {
    for (const server of [allow, only]) {
      expect((await ask(server, { documentId: 'other' })).errors).toMatchObject([
        { message: expect.stringContaining('"other"'), extensions: { code: 'PERSISTED_DOCUMENT_NOT_FOUND' } },
      ]);
    }
    for (const documentId of ['__proto__', 'constructor', '']) {
      expect((await ask(allow, { documentId })).errors[0].extensions.code).toBe('PERSISTED_DOCUMENT_NOT_FOUND');
    }
  });

  test('a text is answered beside documents, and refused where they alone are answered, also beside an id', async () => {
    expect(await ask(allow, { query: '{ viewer }' })).toEqual({ data: { viewer: null } });
    expect(await ask(allow, { query: '{ viewer }', extensions: { persistedQuery: { sha256Hash: 'other' } } })).toEqual({ data: { viewer: null } });
    const before = only.seen.resolved;
    expect((await ask(only, { query: '{ viewer }' })).errors[0].extensions.code).toBe('PERSISTED_DOCUMENT_REQUIRED');
    expect((await ask(only, { query: hello })).errors[0].extensions.code).toBe('PERSISTED_DOCUMENT_REQUIRED');
    expect((await ask(only, { query: '{ viewer }', documentId: 'other' })).errors[0].extensions.code).toBe('PERSISTED_DOCUMENT_NOT_FOUND');
    expect(only.seen.resolved).toBe(before);
    expect(await ask(only, { query: '{ viewer }', documentId: helloHash })).toEqual({ data: { hello: 'world' } });
  });

  test('the limits of a document count beside documents, and not where they alone are answered', async () => {
    expect((await ask(allow, { documentId: 'deep' })).errors[0].extensions.code).toBe('QUERY_TOO_COMPLEX');
    expect((await ask(only, { documentId: 'deep' })).errors).toBeUndefined();
  });

  test.runIf(name === 'websocket' || name === 'sse')('a subscription is named too', async () => {
    expect(await ask(only, { documentId: 'count', variables: { to: 1 } })).toEqual({ data: { count: 1 } });
  });
});

test('a refusal is 400, a mutation by GET 405, an id that is no string 400', async () => {
  expect((await fetch(urlOf(only, { query: hello }))).status).toBe(400);
  expect((await fetch(urlOf(only, { documentId: 'other' }))).status).toBe(400);
  expect((await fetch(urlOf(only, { documentId: 'change' }))).status).toBe(405);
  expect((await transports.post(allow, { documentId: 7 })).errors[0].extensions.code).toBe('BAD_REQUEST');
});

test('a refusal on a socket disturbs neither the socket nor its neighbours', async () => {
  const socket = await openSocket(only.url);
  const neighbour = socket.subscribeWith({ query: '', documentId: 'count', variables: { to: 1_000_000 } });
  await neighbour.nextEvent();
  expect((await socket.subscribe('{ hello }').nextEvent()).kind).toBe('error');
  const seenBefore = neighbour.pending().length;
  await expect.poll(() => neighbour.pending().length).toBeGreaterThan(seenBefore + 2);
  socket.cut();
});

test('without a file an id is not found, and beside a text it is ignored', async () => {
  await using server = await startServer();
  expect((await transports.post(server, { documentId: helloHash })).errors[0].extensions.code).toBe('PERSISTED_DOCUMENT_NOT_FOUND');
  expect(await transports.post(server, { documentId: helloHash, query: hello })).toEqual({ data: { hello: 'world' } });
});

describe('the file', () => {
  const schema = createSchema();
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'documents-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function load(content: string, mode: 'allow' | 'only' = 'allow', isProduction = false) {
    const path = join(folder, 'documents.json');
    await writeFile(path, content);
    return await loadPersistedDocuments({ schema, gate: { ...gate, persistedDocuments: { path, mode } }, isProduction });
  }

  test.each(['sha1', 'sha256'] as const)('of graphql-codegen, with hashes by %s, is read', async (hashAlgorithm) => {
    const output = codegen.generates['tests/generated/'];
    if (output === undefined || Array.isArray(output)) throw new Error('The configuration of graphql-codegen has another form.');
    const presetConfig = { ...output.presetConfig, persistedDocuments: { hashAlgorithm } };
    const files = await generate({ ...codegen, generates: { 'tests/generated/': { ...output, presetConfig } }, silent: true }, false);
    const content = files.find(({ filename }: { readonly filename: string }) => filename.endsWith('persisted-documents.json'))?.content ?? '';
    const known = Object.entries<string>(JSON.parse(content));
    expect(known.length).toBeGreaterThan(3);
    const loaded = await load(content, 'only');
    for (const [hash, text] of known) expect(loaded.documentOf({ documentId: hash })).toBe(text);
  });

  test('of relay-compiler is read', async () => {
    const content = await readFile('tests/server/fixtures/relay-queries.json', 'utf8');
    const loaded = await load(content, 'allow', true);
    expect(Object.keys(JSON.parse(content))).toHaveLength(3);
    for (const [hash, text] of Object.entries(JSON.parse(content))) expect(loaded.documentOf({ doc_id: hash })).toBe(text);
  });

  test.each([
    ['that is not JSON', '{', 'JSON'],
    ['that is an array', '["{ viewer { id } }"]', 'the file must hold one JSON object'],
    ['with a value that is no text', '{"a":{"query":"{ viewer { id } }"}}', 'the file must hold one JSON object'],
    ['with a document that does not parse', '{"abc123":"{ viewer"}', '  abc123: Syntax Error'],
    [
      'with a document that does not fit the schema',
      '{"good":"{ viewer { id } }","abc123":"{ viewer { nothing } }"}',
      '  abc123: Cannot query field "nothing"',
    ],
    ['with a page that is too large', '{"abc123":"{ conversations(first: 101) { edges { node { id } } } }"}', '  abc123: "first" is 101'],
  ])('%s is an error at the start that says where', async (_title, content, message) => {
    await expect(load(content)).rejects.toThrow(message);
    await expect(load(content)).rejects.toThrow(`documents.json" cannot be used:`);
    await expect(load(content, 'only')).rejects.toThrow(message);
  });

  test('with a document above the limits is an error, unless documents alone are answered', async () => {
    const content = JSON.stringify({ abc123: `{ ${Array.from({ length: 21 }, (_, index) => `a${index}: viewer { id }`).join(' ')} }` });
    await expect(load(content)).rejects.toThrow('  abc123: The operation has 21 root fields; the limit is 20.');
    expect((await load(content, 'only')).documentOf({ documentId: 'abc123' })).toContain('a20');
  });

  test('with introspection is an error in production alone', async () => {
    const content = '{"abc123":"{ __schema { queryType { name } } }"}';
    await expect(load(content, 'only', true)).rejects.toThrow('  abc123: GraphQL introspection');
    await load(content, 'only');
  });

  test('that is missing is an error that names it', async () => {
    const path = join(folder, 'missing.json');
    await expect(loadPersistedDocuments({ schema, gate: { ...gate, persistedDocuments: { path, mode: 'only' } }, isProduction: false })).rejects.toThrow(path);
  });
});

test('the product starts with the file that is configured, answers nothing else, and does not start with a bad one', async () => {
  const path = 'tests/server/fixtures/relay-queries.json';
  await using app = await startTestApp({ environment: { PERSISTED_DOCUMENTS: path, PERSISTED_DOCUMENTS_MODE: 'only' } });
  const ask = (parameters: Parameters) => transports.post({ ...only, url: app.url }, parameters);
  const [hash] = Object.keys(JSON.parse(await readFile(path, 'utf8')));
  expect((await ask({ doc_id: hash, variables: { first: 1 } })).errors[0].extensions.code).toBe('UNAUTHENTICATED');
  expect((await ask({ query: '{ viewer { id } }' })).errors[0].extensions.code).toBe('PERSISTED_DOCUMENT_REQUIRED');
  const environment = { PERSISTED_DOCUMENTS: 'package.json', PERSISTED_DOCUMENTS_MODE: 'allow' };
  await expect(startTestApp({ environment })).rejects.toThrow('The persisted documents in "package.json" cannot be used');
});

test.each([
  [{ PERSISTED_DOCUMENTS_MODE: 'only' }, 'PERSISTED_DOCUMENTS: is required'],
  [{ PERSISTED_DOCUMENTS: 'documents.json' }, 'PERSISTED_DOCUMENTS_MODE: must be "allow" or "only"'],
])('the variables %j without one another are refused', (environment, message) => {
  expect(() => parseConfig(environment)).toThrow(message);
});
