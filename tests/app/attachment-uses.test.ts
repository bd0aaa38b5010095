import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { attach } from '../kit/attachments.ts';
import { runSql } from '../kit/database.ts';
import { png } from '../kit/pictures.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { rowId } from '../kit/ids.ts';

const message = `question { id parts { ... on FilePart { name downloadUrl attachment { id } } ... on ImagePart { name } } } message { id } conversation { id }`;
const send = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id ${message} } } }`;
const editMessage = `mutation ($input: EditMessageInput!) { editMessage(input: $input) { run { id ${message} } } }`;
const fork = `mutation ($input: ForkConversationInput!) { forkConversation(input: $input) { conversation { id } } }`;
const deleteConversation = 'mutation ($id: ID!) { deleteConversation(input: { id: $id }) { deletedConversationId } }';
const partsOf = `query ($id: ID!) { conversation(id: $id) { messages(first: 1) { edges { node { parts {
  ... on FilePart { name downloadUrl attachment { id } } ... on ImagePart { name attachment { id } } } } } } } }`;

const engine = createScriptedEngine({ hasVision: true });
let app: TestApp;
let person: TestPerson;
beforeAll(async () => {
  app = await startTestApp({ overrides: { engines: [engine] } });
  person = await app.person();
});
afterAll(() => app[Symbol.asyncDispose]());

/** Has an engine asked, and gives the run with what the engine was shown last. */
async function asked(document: string, input: Readonly<Record<string, unknown>>) {
  const answer = await person.client.request(document, { input });
  const call = await engine.nextCall();
  const done = person.client.request('mutation ($id: ID!) { stopRun(input: { runId: $id }) { run { status } } }', {
    id: Object.values<any>(answer)[0].run.id,
  });
  await done;
  const shown: any = call.request.messages.at(-1);
  return { run: Object.values<any>(answer)[0].run, text: String(shown.text), pictures: shown.images?.length ?? 0 };
}

const removed = (id: string) => person.client.request(deleteConversation, { id });
const rowsOf = (ids: readonly string[]) =>
  runSql(app.connectionString, `SELECT name FROM attachments WHERE id IN (${ids.map((id) => `'${rowId(id)}'`).join(', ')}) ORDER BY name`);
const isOnDisk = async (id: string): Promise<boolean> =>
  (await readdir(join(app.dataFolder, 'files'), { recursive: true })).some((path) => path.includes(rowId(id)) && path.endsWith('original'));

describe('a message that is said in other words', () => {
  it('brings its attachments along, others where they are named, and none for an empty list', async () => {
    const [notes = '', picture = '', other = ''] = await attach(app, person, ['notes.txt', 'my notes'], ['dot.png', png(1, 1)], ['other.txt', 'other notes']);
    const first = await asked(send, { text: 'Look', attachmentIds: [notes, picture] });
    const messageId = first.run.question.id;
    const kept = await asked(editMessage, { messageId, text: 'Look again' });
    expect(kept).toMatchObject({ text: expect.stringContaining('my notes'), pictures: 1 });
    expect(kept.run.question.parts).toMatchObject([{}, { name: 'notes.txt', attachment: { id: notes } }, { name: 'dot.png' }]);
    expect(await asked(editMessage, { messageId, text: 'Look', attachmentIds: null })).toMatchObject({
      text: expect.stringContaining('my notes'),
      pictures: 1,
    });
    const replaced = await asked(editMessage, { messageId, text: 'Look here', attachmentIds: [other] });
    expect(replaced).toMatchObject({ text: expect.stringMatching(/^Look here[^]*other notes/), pictures: 0 });
    expect(replaced.text).not.toContain('my notes');
    expect(await asked(editMessage, { messageId, text: 'Just this', attachmentIds: [] })).toMatchObject({ text: 'Just this', pictures: 0 });
    // One that was deleted is not brought along.
    await person.client.request('mutation ($id: ID!) { deleteAttachment(input: { id: $id }) { deletedAttachmentId } }', { id: picture });
    const left = await asked(editMessage, { messageId, text: 'Look', idempotencyKey: 'left' });
    expect([left.pictures, left.run.question.parts.length]).toEqual([0, 2]);
  });

  it('A03 takes no attachments of somebody else', async () => {
    const stranger = await app.person();
    const foreign = await attach(app, stranger, ['secret.txt', 'the secret']);
    const { run } = await asked(send, { text: 'Look' });
    const [error] = await person.client.expectErrors(editMessage, { input: { messageId: run.question.id, text: 'Look', attachmentIds: foreign } });
    expect(error?.extensions['code']).toBe('NOT_FOUND');
  });
});

describe('an attachment', () => {
  it('stays with a fork when the conversation where it was sent is deleted, and goes with the fork', async () => {
    const [notes = '', picture = ''] = await attach(app, person, ['notes.txt', 'my notes'], ['dot.png', png(1, 1)]);
    const original = await asked(send, { text: 'Look', attachmentIds: [notes, picture] });
    const { forkConversation } = await person.client.request(fork, { input: { messageId: original.run.question.id } });
    const forkId: string = forkConversation.conversation.id;
    await removed(original.run.conversation.id);
    const { conversation } = await person.client.request(partsOf, { id: forkId });
    const [, file, image] = conversation.messages.edges[0].node.parts;
    expect([file.attachment, image.attachment]).toEqual([{ id: notes }, { id: picture }]);
    expect(await (await fetch(`${app.url}${file.downloadUrl}`)).text()).toBe('my notes');
    const next = await person.client.request(send, { input: { text: 'And?', conversationId: forkId } });
    const [shown] = (await engine.nextCall()).request.messages;
    expect(shown).toMatchObject({ text: expect.stringContaining('my notes'), images: [{ mediaType: 'image/png' }] });
    expect(next.sendMessage.run.conversation.id).toBe(forkId);
    await removed(forkId);
    expect([await rowsOf([notes, picture]), await isOnDisk(notes), await isOnDisk(picture)]).toEqual([[], false, false]);
  });

  it('that was sent to two conversations stays with the second', async () => {
    const [notes = ''] = await attach(app, person, ['notes.txt', 'my notes']);
    const first = await asked(send, { text: 'Look', attachmentIds: [notes] });
    const second = await asked(send, { text: 'Look', attachmentIds: [notes] });
    await removed(second.run.conversation.id);
    const again = await asked(send, { text: 'Still?', conversationId: first.run.conversation.id, attachmentIds: [notes] });
    expect(again.text).toContain('my notes');
    await removed(first.run.conversation.id);
    expect(await rowsOf([notes])).toEqual([]);
  });

  it('A03 that a part names, and the conversation has not, is not given to a fork', async () => {
    const stranger = await app.person();
    const [foreign = ''] = await attach(app, stranger, ['secret.txt', 'the secret']);
    const [own = ''] = await attach(app, person, ['own.txt', 'mine']);
    const { run } = await asked(send, { text: 'Look', attachmentIds: [own] });
    await runSql(
      app.connectionString,
      `UPDATE parts SET data = data || '{"attachmentId":"${rowId(foreign)}"}' WHERE message_id = '${rowId(run.question.id)}' AND kind = 'FILE'`,
    );
    const { forkConversation } = await person.client.request(fork, { input: { messageId: run.question.id } });
    const { conversation } = await person.client.request(partsOf, { id: forkConversation.conversation.id });
    const [, file] = conversation.messages.edges[0].node.parts;
    expect([file.attachment, (await fetch(`${app.url}${file.downloadUrl}`)).status]).toEqual([null, 404]);
    expect((await asked(send, { text: 'And?', conversationId: forkConversation.conversation.id })).text).toBe('And?');
    expect((await asked(editMessage, { messageId: run.question.id, text: 'Look' })).text).toBe('Look');
  });
});
