import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/base/id.ts';
import { say, startConversation } from '../kit/conversations.ts';
import { openServices } from '../kit/services.ts';
import { globalId } from '../kit/ids.ts';

type Opened = Awaited<ReturnType<typeof openServices>>;

describe('lists of media', () => {
  let opened: Opened;
  let viewer: Awaited<ReturnType<Opened['person']>>;
  const conversationIds: string[] = [];
  const speechIds: string[] = [];

  beforeAll(async () => {
    const environment = { LIVEKIT_URL: 'wss://live.example.org', LIVEKIT_API_KEY: 'APItests', LIVEKIT_API_SECRET: 'secretOfTheTests0123456789abcdefghijk' };
    opened = await openServices(undefined, { environment });
    viewer = await opened.person();
    for (let index = 0; index < 3; index += 1) {
      const conversationId = await startConversation(opened, viewer);
      const messageId = await say(opened, conversationId, 'ASSISTANT', 'Words');
      await opened.prisma.livePresence.create({ data: { conversationId, userId: viewer.userId, isPresent: true, changedAt: new Date() } });
      const attachmentId = uuidv7();
      const sound = { name: 'speech.mp3', mediaType: 'audio/mpeg', byteSize: 1 };
      await opened.prisma.attachment.create({ data: { ...sound, id: attachmentId, ownerId: viewer.userId, conversationId, createdAt: new Date() } });
      const data = { ...sound, attachmentId, width: null, height: null };
      await opened.prisma.part.create({ data: { id: uuidv7(), messageId, position: 1, kind: 'AUDIO', data } });
      const speech = { id: uuidv7(), ownerId: viewer.userId, messageId, model: 'openai:tts-1', voice: '', format: 'MP3', attachmentId, createdAt: new Date() };
      await opened.prisma.speech.create({ data: { ...speech, status: 'READY' } });
      conversationIds.push(globalId('Conversation', conversationId));
      speechIds.push(globalId('Speech', speech.id));
    }
  });
  afterAll(() => opened[Symbol.asyncDispose]());

  /** How many statements a query of some nodes takes. */
  const statementsOf = async (selection: string, ids: readonly string[]): Promise<{ readonly count: number; readonly nodes: any[] }> => {
    const { result, statements } = await opened.execute(viewer, `query ($ids: [ID!]!) { nodes(ids: $ids) { ${selection} } }`, { ids });
    return { count: statements.length, nodes: result.nodes };
  };

  it('tell who is in live rooms in two statements for all, besides that of the conversations', async () => {
    const selection = '... on Conversation { liveRoom { participants { id } } }';
    const [one, all] = [await statementsOf(selection, conversationIds.slice(0, 1)), await statementsOf(selection, conversationIds)];
    expect(all.nodes.map(({ liveRoom }) => liveRoom.participants)).toEqual(Array.from({ length: 3 }, () => [{ id: globalId('User', viewer.userId) }]));
    expect([one.count, all.count]).toEqual([3, 3]);
  });

  it('give speeches with their messages and sound in one statement each', async () => {
    const selection = '... on Speech { status message { id } attachment { id transcript { text } } }';
    const [one, all] = [await statementsOf(selection, speechIds.slice(0, 1)), await statementsOf(selection, speechIds)];
    expect(all.nodes.every(({ attachment, message }) => attachment !== null && message !== null)).toBe(true);
    expect([one.count, all.count]).toEqual([3, 3]);
  });

  it('give the sound of messages in one statement for all', async () => {
    const selection = '... on Speech { message { parts { ... on AudioPart { mediaType attachment { id } } } } }';
    const [one, all] = [await statementsOf(selection, speechIds.slice(0, 1)), await statementsOf(selection, speechIds)];
    expect(all.nodes[2].message.parts[1]).toMatchObject({ mediaType: 'audio/mpeg', attachment: { id: expect.any(String) } });
    expect([one.count, all.count]).toEqual([4, 4]);
  });
});
