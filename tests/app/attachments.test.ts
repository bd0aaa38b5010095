import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { attach } from '../kit/attachments.ts';
import { runSql } from '../kit/database.ts';
import { gif, png } from '../kit/pictures.ts';
import { createScriptedEngine, type ScriptedEngine } from '../kit/scripted-engine.ts';
import { rowId } from '../kit/ids.ts';

const send = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id conversation { id } } } }';
const ask = `mutation ($input: AskInput!) { ask(input: $input) { run { status conversation { id messages { edges { node { role text parts {
  __typename ... on TextPart { text } ... on ImagePart { id name width height downloadUrl attachment { id } } ... on FilePart { id name mediaType byteSize attachment { id } }
} } } } } } } }`;

const keptFiles = async (app: TestApp): Promise<readonly string[]> =>
  (await readdir(join(app.dataFolder, 'files'), { recursive: true }).catch(() => [])).filter((path) => path.endsWith('original'));

async function failureOf(person: TestPerson, variables: Readonly<Record<string, unknown>>): Promise<{ readonly code: unknown; readonly message: string }> {
  const [error] = await person.client.expectErrors(send, variables);
  return { code: error?.extensions['code'], message: error?.message ?? '' };
}

async function answer(engine: ScriptedEngine) {
  const call = await engine.nextCall();
  call.text('I see.');
  call.finish();
  return call.request;
}

async function askWith(engine: ScriptedEngine, person: TestPerson, input: Readonly<Record<string, unknown>>) {
  const [result, request] = await Promise.all([person.client.request(ask, { input }), answer(engine)]);
  return { conversation: result.ask.run.conversation, request };
}

describe('attachments of a message', () => {
  it('are parts of it in their order, and engines are shown pictures as pictures and files as words', async () => {
    const engine = createScriptedEngine({ hasVision: true });
    await using app = await startTestApp({ overrides: { engines: [engine] } });
    const person = await app.person();
    const picture = png(20, 10);
    const attachmentIds = await attach(app, person, ['notes.md', 'Dear ``` reader'], ['grey.png', picture], ['dot.gif', gif(1, 1)]);
    const { conversation, request } = await askWith(engine, person, { text: 'What is this?', attachmentIds });
    const [question] = conversation.messages.edges.map((edge: any) => edge.node);
    expect(question.text).toBe('What is this?');
    expect(question.parts).toMatchObject([
      { __typename: 'TextPart', text: 'What is this?' },
      { __typename: 'FilePart', name: 'notes.md', mediaType: 'text/markdown', byteSize: 15, attachment: { id: attachmentIds[0] } },
      { __typename: 'ImagePart', name: 'grey.png', width: 20, height: 10, attachment: { id: attachmentIds[1] } },
      { __typename: 'ImagePart', name: 'dot.gif' },
    ]);
    const shown = {
      role: 'user',
      text: 'What is this?\n\nFile "notes.md" (text/markdown, 15 bytes):\n````\nDear ``` reader\n````',
      images: [
        { mediaType: 'image/png', bytes: Buffer.from(picture) },
        { mediaType: 'image/gif', bytes: Buffer.from(gif(1, 1)) },
      ],
    };
    expect(request.messages).toEqual([shown]);
    const downloaded = await fetch(`${app.url}${question.parts[2].downloadUrl}`);
    expect(new Uint8Array(await downloaded.arrayBuffer())).toEqual(picture);
    // The next question finds them again, until they are deleted.
    const next = await askWith(engine, person, { text: 'Sure?', conversationId: conversation.id });
    expect(next.request.messages[0]).toEqual(shown);
    for (const id of attachmentIds.slice(0, 2))
      await person.client.request('mutation ($id: ID!) { deleteAttachment(input: { id: $id }) { deletedAttachmentId } }', { id });
    const last = await askWith(engine, person, { text: 'And now?', conversationId: conversation.id });
    expect(last.request.messages[0]).toMatchObject({
      text: expect.stringMatching(/^What is this\?\n\n\[File "notes.md" .* is no longer stored.]\n\n\[File "grey.png" .* is no longer stored.]$/),
      images: [{ mediaType: 'image/gif' }],
    });
    expect((await fetch(`${app.url}${question.parts[2].downloadUrl}`)).status).toBe(404);
  });

  it('A03 of somebody else are NOT_FOUND, and nothing is written', async () => {
    const engine = createScriptedEngine({ hasVision: true });
    await using app = await startTestApp({ overrides: { engines: [engine] } });
    const [owner, stranger] = [await app.person(), await app.person()];
    const [own, foreign] = [await attach(app, stranger, ['a.png', png(1, 1)]), await attach(app, owner, ['b.png', png(1, 1)])];
    const missing = [Buffer.from('Attachment:01890000-0000-7000-8000-000000000000').toString('base64')];
    const failures = await Promise.all([foreign, missing].map((ids) => failureOf(stranger, { input: { text: 'Look', attachmentIds: [...own, ...ids] } })));
    expect(failures[0]).toMatchObject({ code: 'NOT_FOUND' });
    expect(failures[0]?.message).toBe(failures[1]?.message);
    const left = await runSql(
      app.connectionString,
      'SELECT (SELECT count(*)::int FROM conversations) AS c, (SELECT count(*)::int FROM attachments WHERE conversation_id IS NOT NULL) AS a',
    );
    expect(left).toEqual([{ c: 0, a: 0 }]);
    const part = await stranger.client.request('query ($id: ID!) { node(id: $id) { id } }', { id: foreign[0] });
    expect(part.node).toBeNull();
  });

  it('A03 that are deleted while they are sent undo the whole message', async () => {
    const scripted = createScriptedEngine({ hasVision: true });
    let beforeStart = async (): Promise<void> => undefined;
    const engine: ScriptedEngine = { ...scripted, listModels: async () => (await beforeStart(), scripted.listModels()) };
    await using app = await startTestApp({ overrides: { engines: [engine] } });
    const person = await app.person();
    const ids = await attach(app, person, ['a.png', png(1, 1)], ['b.png', png(2, 2)]);
    beforeStart = async () => void (await runSql(app.connectionString, `DELETE FROM attachments WHERE id = '${rowId(ids[0] ?? '')}'`));
    expect(await failureOf(person, { input: { text: 'Look', attachmentIds: ids } })).toMatchObject({ code: 'NOT_FOUND' });
    const left = await runSql(
      app.connectionString,
      'SELECT (SELECT count(*)::int FROM messages) AS m, (SELECT count(*)::int FROM parts) AS p, (SELECT count(*)::int FROM runs) AS r',
    );
    expect(left).toEqual([{ m: 0, p: 0, r: 0 }]);
  });

  it('A03 that a part names, of somebody else, are shown to no engine and lead nowhere', async () => {
    const engine = createScriptedEngine({ hasVision: true });
    await using app = await startTestApp({ overrides: { engines: [engine] } });
    const [owner, stranger] = [await app.person(), await app.person()];
    const [own = ''] = await attach(app, stranger, ['own.txt', 'mine']);
    const foreign = await attach(app, owner, ['secret.txt', 'the secret'], ['secret.png', png(1, 1)]);
    const { conversation } = await askWith(engine, stranger, { text: 'Look', attachmentIds: [own] });
    // As a copied or imported message might name it.
    for (const [index, id] of foreign.entries())
      await runSql(
        app.connectionString,
        `INSERT INTO parts (id, message_id, position, kind, data) SELECT gen_random_uuid(), message_id, ${index + 2}, '${index === 0 ? 'FILE' : 'IMAGE'}', data || '{"attachmentId":"${rowId(id)}"}'
         FROM parts WHERE kind = 'FILE' AND position = 1`,
      );
    const { request } = await askWith(engine, stranger, { text: 'And?', conversationId: conversation.id });
    expect(JSON.stringify(request.messages)).not.toContain('the secret');
    expect(request.messages[0]).not.toHaveProperty('images');
    const { conversation: seen } = await stranger.client.request(
      'query ($id: ID!) { conversation(id: $id) { messages(first: 1) { edges { node { parts { ... on FilePart { downloadUrl attachment { id } } } } } } } }',
      { id: conversation.id },
    );
    const [, mine, theirs] = seen.messages.edges[0].node.parts;
    expect(await (await fetch(`${app.url}${mine.downloadUrl}`)).text()).toBe('mine');
    expect((await fetch(`${app.url}${theirs.downloadUrl}`)).status).toBe(404);
    expect(theirs.attachment).toBeNull();
  });

  it('belong to what an idempotency key stands for, are at most ten, and pictures go to models that see', async () => {
    const [seeing, blind] = [createScriptedEngine({ id: 'seeing', hasVision: true }), createScriptedEngine({ id: 'blind' })];
    await using app = await startTestApp({ overrides: { engines: [seeing, blind] } });
    const person = await app.person();
    const [one = '', two = ''] = await attach(app, person, ['a.png', png(1, 1)], ['b.txt', 'words']);
    const input = { text: 'Look', idempotencyKey: 'key', attachmentIds: [one, one] };
    const first = await person.client.request(send, { input });
    expect((await seeing.nextCall()).request.messages).toMatchObject([{ images: [{ mediaType: 'image/png' }] }]);
    expect(await person.client.request(send, { input })).toEqual(first);
    expect(await failureOf(person, { input: { ...input, attachmentIds: [two] } })).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    expect(await failureOf(person, { input: { text: 'Look', attachmentIds: Array.from({ length: 11 }, () => one) } })).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('at most 10'),
    });
    expect(await failureOf(person, { input: { text: 'Look', model: 'blind', attachmentIds: [two, one] } })).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('"a.png" is a picture, and blind:one reads none'),
    });
    // A model that sees nothing is told of the pictures before.
    const { conversation } = await askWith(seeing, person, { text: 'Look', attachmentIds: [one] });
    const { request } = await askWith(blind, person, { text: 'And?', model: 'blind', conversationId: conversation.id });
    expect(request.messages[0]).toEqual({ role: 'user', text: 'Look\n\n[Picture "a.png": this model reads no pictures.]' });
  });

  it('go with their conversation, and with the account from the disk too', async () => {
    const engine = createScriptedEngine({ hasVision: true });
    await using app = await startTestApp({ overrides: { engines: [engine] } });
    const person = await app.person();
    const [sent = '', unused = ''] = await attach(app, person, ['a.png', png(1, 1)], ['b.png', png(2, 2)]);
    const { conversation } = await askWith(engine, person, { text: 'Look', attachmentIds: [sent] });
    await person.client.request('mutation ($id: ID!) { deleteConversation(input: { id: $id }) { deletedConversationId } }', { id: conversation.id });
    expect(await runSql(app.connectionString, 'SELECT id FROM attachments')).toEqual([{ id: rowId(unused) }]);
    await askWith(engine, person, { text: 'Look', attachmentIds: [unused] });
    await person.client.request('mutation { deleteAccount(input: { password: "correct horse battery" }) { deletedUserId } }');
    expect(await runSql(app.connectionString, 'SELECT id FROM attachments')).toEqual([]);
    expect((await keptFiles(app)).filter((path) => path.includes(rowId(unused)))).toEqual([]);
  });
});
