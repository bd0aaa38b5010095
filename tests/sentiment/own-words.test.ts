import { describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import type { SentimentMethod } from '../../src/base/sentiment.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { openMoodTest, sentimentsIn } from './mood-kit.ts';

const thanks = 'Thank you so much, it works perfectly!';
const letter = 'This is awful. I hate it, it is terrible, broken and useless, the worst of all!';

describe('what comes with the words of a person', () => {
  const judgedTexts: string[] = [];
  const google = async (text: string) => {
    judgedTexts.push(text);
    return { score: 0.5, magnitude: 1, label: 'POSITIVE', emotion: null } as const;
  };

  /** Sends an angry letter with thanks, after a tool that was angry, too. */
  async function sendLetter(sentimentMethod: SentimentMethod) {
    const engine = createScriptedEngine();
    const test = await openMoodTest([engine], { google });
    const viewer: Viewer = await test.person();
    const first = await test.runs.send(viewer, { text: 'Hello', sentimentMethod: 'NONE' });
    const call = await engine.nextCall();
    call.text('Hello!');
    call.finish();
    await test.eventsOf(viewer, first.id);
    const data = { id: 'a', name: 'look', arguments: '{}', content: letter, isError: false };
    await test.prisma.part.create({ data: { id: uuidv7(), messageId: first.answerId ?? '', position: 1, kind: 'TOOL_EXCHANGE', data } });
    const facts = { ownerId: viewer.userId, name: 'letter.txt', mediaType: 'text/plain', byteSize: letter.length, createdAt: new Date() };
    const { id } = await test.prisma.attachment.create({ data: { id: uuidv7(), ...facts, text: letter } });
    const { conversationId } = first;
    const run = await test.runs.send(viewer, { text: thanks, conversationId, attachmentIds: [id], sentimentMethod });
    return { engine, test, viewer, run };
  }

  it('is shown to the engine, and judged by no rule', async () => {
    const { engine, test, viewer, run } = await sendLetter('LOCAL');
    await using _open = test;
    const call = await engine.nextCall();
    expect(JSON.stringify(call.request.messages.at(-1))).toContain(letter);
    call.finish();
    expect(sentimentsIn(await test.eventsOf(viewer, run.id))[0]?.message.label).toBe('POSITIVE');
  });

  it('is sent to no service that judges', async () => {
    const { engine, test, viewer, run } = await sendLetter('NLP_API');
    await using _open = test;
    (await engine.nextCall()).finish();
    await test.eventsOf(viewer, run.id);
    expect(judgedTexts).toEqual([thanks]);
  });

  it('is not told to a model that judges apart', async () => {
    const { engine, test } = await sendLetter('LLM_SEPARATE');
    await using _open = test;
    expect((await engine.nextCall('SENTIMENT')).request.messages).toEqual([{ role: 'user', text: thanks }]);
  });
});
