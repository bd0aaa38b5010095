import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { eventually } from '../kit/eventually.ts';
import { pixel } from '../kit/full-account.ts';
import { followImport, importFile, postImport, zipOf } from '../kit/imports.ts';
import { chatgptExport, chatgptMessage, claudeExport, mappingOf } from '../services/import/documents.ts';

let app: TestApp;
beforeAll(async () => void (app = await startTestApp()));
afterAll(() => app[Symbol.asyncDispose]());

const listed = `query ($isArchived: Boolean!) { conversations(filter: { isArchived: $isArchived }, first: 20) { edges { node { id title importedFrom isArchived isPinned messages(first: 20) { edges { node {
  id role isActive model createdAt text feedback { rating comment } parts { __typename ... on ImagePart { name attachment { width downloadUrl } } ... on FilePart { name attachment { byteSize } } ... on ReasoningPart { text } }
} } } activePath(first: 10) { edges { node { text } } } } } } }`;

async function conversationsOf(person: TestPerson): Promise<readonly any[]> {
  const both = await Promise.all([true, false].map(async (isArchived) => (await person.client.request(listed, { isArchived })).conversations.edges));
  return both.flat().map((edge: any) => edge.node);
}

const archive = (): Promise<Buffer> =>
  zipOf({
    'conversations.json': JSON.stringify(chatgptExport),
    'message_feedback.json': JSON.stringify([{ id: 'a3', conversation_id: 'c', rating: 'thumbs_up', content: '{}' }]),
    'user.json': '{"id":"user-1"}',
    'chat.html': '<html>',
    'file-Cat1-a cat.png': pixel,
    'file-Notes2-notes.md': '# Notes\n',
    'file-Other3.png': pixel,
  });

describe('an export of ChatGPT', () => {
  it('comes with its tree, its pictures and files, its marks and its feedback', async () => {
    const person = await app.person();
    const done = await importFile(app, person, await archive(), 'whatever.bin');
    expect(done).toMatchObject({ status: 'COMPLETED', source: 'CHATGPT', error: null, counts: { conversations: 1, messages: 4, attachments: 2 } });
    expect(done.problems).toEqual([
      { subject: null, reason: 'Documents of the archive hold nothing that is taken over: "user.json".', count: 1 },
      { subject: null, reason: 'Files of the archive belong to no message that was taken over.', count: 1 },
    ]);
    const [conversation] = await conversationsOf(person);
    expect(conversation).toMatchObject({ title: 'A *trip*', importedFrom: 'CHATGPT', isArchived: true, isPinned: false });
    expect(conversation.activePath.edges.map((edge: any) => edge.node.text)).toEqual(['Where to in\n\n* May?', 'Lisbon, **surely**.\n']);
    const messages = conversation.messages.edges.map((edge: any) => edge.node);
    expect(messages.map((message: any) => [message.role, message.isActive, message.createdAt])).toEqual([
      ['USER', false, '2023-11-14T22:13:20.500Z'],
      ['ASSISTANT', false, '2023-11-14T22:13:20.500Z'],
      ['USER', true, '2023-11-14T22:15:00.000Z'],
      ['ASSISTANT', true, '2023-11-14T22:15:50.000Z'],
    ]);
    expect(messages[3]).toMatchObject({ model: 'openai:o3', feedback: { rating: 'UP', comment: null } });
    expect(messages[2].parts).toMatchObject([
      { __typename: 'ImagePart', name: 'a cat.png', attachment: { width: 1 } },
      { __typename: 'TextPart' },
      { __typename: 'FilePart', name: 'notes.md', attachment: { byteSize: 8 } },
    ]);
    expect(Buffer.from(await (await fetch(`${app.url}${messages[2].parts[0].attachment.downloadUrl}`)).arrayBuffer())).toEqual(pixel);
    // It goes when the end has been told.
    await eventually(async () => expect(await readdir(join(app.dataFolder, 'tmp')), 'what was sent is gone').toEqual([]));
  });

  it('adds nothing when it comes again, and what is new when it has grown', async () => {
    const person = await app.person();
    await importFile(app, person, chatgptExport);
    const before = await conversationsOf(person);
    const again = await importFile(app, person, chatgptExport);
    expect(again.counts).toMatchObject({ conversations: 0, messages: 0, presentConversations: 1, extendedConversations: 0 });
    expect(await conversationsOf(person)).toEqual(before);
    const [original] = chatgptExport;
    const grown = {
      ...original,
      current_node: 'q4',
      mapping: { ...original?.mapping, ...mappingOf({ q4: ['a3', chatgptMessage('user', ['And in June?'], { create_time: 1_700_000_300 })] }) },
    };
    const extended = await importFile(app, person, [grown]);
    expect(extended.counts).toMatchObject({ conversations: 0, messages: 1, presentConversations: 0, extendedConversations: 1 });
    const [after] = await conversationsOf(person);
    expect(after.activePath.edges.at(-1).node.text).toBe('And in June?');
    expect(after.messages.edges).toHaveLength(before[0].messages.edges.length + 1);
  });

  it('brings what can be read of it where one conversation cannot', async () => {
    const person = await app.person();
    const done = await importFile(app, person, [
      { mapping: 'none' },
      chatgptExport[0],
      'words',
      { title: 'Odd', mapping: { q: { parent: null, message: chatgptMessage('user', ['Hi']) } } },
    ]);
    expect(done).toMatchObject({ status: 'COMPLETED', problemCount: 4, counts: { conversations: 2 } });
    expect(done.problems[0]).toEqual({ subject: 'export.json', reason: 'An element is no conversation that is known here.', count: 2 });
    const cut = await importFile(app, await app.person(), JSON.stringify([chatgptExport[0], chatgptExport[0]]).slice(0, -100));
    expect(cut).toMatchObject({
      status: 'FAILED',
      error: { code: 'UNSUPPORTED_FILE', message: expect.stringContaining('damaged or cut off') },
      counts: { conversations: 1 },
    });
    expect(cut.problems.at(-1).reason).toContain('breaks off');
  });
});

describe('an export of Claude', () => {
  it('comes as the file of a form, with what was written into its messages from files', async () => {
    const person = await app.person();
    const form = new FormData();
    form.append('file', new Blob([JSON.stringify(claudeExport)]), 'data.txt');
    const response = await fetch(`${app.url}/imports`, { method: 'POST', headers: { authorization: `Bearer ${person.token}` }, body: form });
    const answer: any = await response.json();
    expect([response.status, answer.import.name, answer.import.byteSize > 0]).toEqual([202, 'data.txt', true]);
    const done = (await followImport(app, person, answer.import.id)).at(-1);
    expect(done).toMatchObject({ status: 'COMPLETED', source: 'CLAUDE', counts: { conversations: 1, messages: 3, attachments: 1 } });
    expect(done.problems.map((problem: any) => problem.reason).toSorted()).toEqual([
      'A part of the kind "hologram" is not understood.',
      'An attachment is not in the file that was sent; its name alone was taken over.',
    ]);
    const [conversation] = await conversationsOf(person);
    expect(conversation.activePath.edges.map((edge: any) => edge.node.text)).toEqual(['Will it rain?', 'No, *sunny*.']);
    expect(conversation.messages.edges[0].node.parts).toMatchObject([
      { __typename: 'TextPart' },
      { __typename: 'FilePart', name: 'places.txt', attachment: { byteSize: 10 } },
      { __typename: 'FilePart', name: 'map.png', attachment: null },
    ]);
  });
});

describe('an import', () => {
  it('is listed, and forgotten when it is over', async () => {
    const person = await app.person();
    const { id } = await importFile(app, person, []);
    const { imports, node } = await person.client.request(
      'query ($id: ID!) { imports(first: 5) { edges { node { id source byteSize } } } node(id: $id) { id } }',
      { id },
    );
    expect([imports.edges, node]).toEqual([[{ node: { id, source: null, byteSize: 2 } }], { id }]);
    const [cancelled] = await person.client.expectErrors('mutation ($id: ID!) { cancelImport(input: { id: $id }) { import { id } } }', { id });
    expect(cancelled?.extensions.code).toBe('CONFLICT');
    const { deleteImport } = await person.client.request('mutation ($id: ID!) { deleteImport(input: { id: $id }) { deletedImportId } }', { id });
    expect(deleteImport.deletedImportId).toBe(id);
    expect((await person.client.request('{ imports(first: 5) { edges { node { id } } } }')).imports.edges).toEqual([]);
  });

  it.each([
    ['nothing', '', 415, 'is empty'],
    ['nobody', '[]', 401, 'access token'],
  ])('is refused of %s', async (what, content, status, message) => {
    const { token } = await app.person();
    const answer = await postImport(app, what === 'nobody' ? null : token, content);
    expect(answer).toMatchObject({ status, body: { errors: [{ message: expect.stringContaining(message) }] } });
  });

  it.each([
    ['words', 'Dear diary', 'begins with neither'],
    ['another document', { a: 1 }, 'holds no conversations that are known here'],
    ['UTF-16', Buffer.from('\u{FEFF}[1]', 'utf16le'), 'not UTF-8'],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0]), 'Unpack it'],
    ['an archive that is cut off', Buffer.from('PK\u0003\u0004 and so on', 'latin1'), 'damaged or cut off'],
  ])('of %s ends with a clear word', async (_what, content, message) => {
    const done = await importFile(app, await app.person(), content);
    expect(done).toMatchObject({ status: 'FAILED', error: { code: 'UNSUPPORTED_FILE', message: expect.stringContaining(message) } });
  });
});
