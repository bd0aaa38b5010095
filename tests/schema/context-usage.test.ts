import { describe, expect, it } from 'vitest';
import { conversationWith, longTalk } from '../services/context/context-kit.ts';
import { openServices } from '../kit/services.ts';

const usage = 'contextUsage { model tokens window share isEstimated isWindowAssumed messageCount cutMessageCount isSummarized }';

describe('Conversation.contextUsage', () => {
  it('tells what the next message would find', async () => {
    await using opened = await openServices();
    const viewer = await opened.person();
    await conversationWith(opened, viewer, [
      { role: 'USER', text: 'Hello' },
      { role: 'ASSISTANT', text: 'The wrong branch, at length. '.repeat(100), isActive: false },
      { role: 'ASSISTANT', text: 'Good day.', after: 0 },
    ]);
    const { result, statements } = await opened.execute(viewer, `{ conversations { edges { node { ${usage} } } } }`);
    const [{ node }] = result.conversations.edges;
    expect(node.contextUsage).toMatchObject({
      model: 'scripted:one',
      window: 8_000,
      isEstimated: true,
      isWindowAssumed: false,
      messageCount: 2,
      cutMessageCount: 0,
      isSummarized: false,
    });
    expect(node.contextUsage.tokens).toBeGreaterThan(20);
    expect(node.contextUsage.tokens).toBeLessThan(100);
    expect(node.contextUsage.share).toBeCloseTo(node.contextUsage.tokens / 8_000);
    // The conversations, the person's own keys, which decide on the model, and the branches.
    expect(statements).toHaveLength(3);
  });

  it('tells what would be left out, of several conversations in one statement', async () => {
    await using opened = await openServices();
    const viewer = await opened.person();
    const { conversationId, ids } = await conversationWith(opened, viewer, longTalk(20));
    await conversationWith(opened, viewer, longTalk(1));
    await conversationWith(opened, viewer, []);
    const look = () => opened.execute(viewer, `{ conversations { edges { node { ${usage} } } } }`);
    const { result, statements } = await look();
    expect(statements).toHaveLength(3);
    const found = result.conversations.edges.map((edge: any) => edge.node.contextUsage);
    expect(found.map((entry: any) => entry.messageCount)).toEqual(expect.arrayContaining([40, 2, 0]));
    const [long] = found.filter((entry: any) => entry.messageCount === 40);
    expect(long.cutMessageCount).toBeGreaterThan(20);
    expect(long.tokens).toBeLessThanOrEqual(8_000 - 1_024);
    expect(long.share).toBeGreaterThan(0.7);
    expect(long.isSummarized).toBe(false);
    const [id, at] = [ids[5] ?? '', new Date()];
    await opened.prisma.contextSummary.create({
      data: { id, conversationId, messageId: id, text: 'Ships.', tokenCount: 2, model: 'scripted:one', createdAt: at },
    });
    const summarized = (await look()).result.conversations.edges.map((edge: any) => edge.node.contextUsage.isSummarized);
    expect(summarized.filter(Boolean)).toHaveLength(1);
  });
});
