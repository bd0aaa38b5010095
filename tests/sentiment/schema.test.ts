import { uuidv7 } from '../../src/base/id.ts';
import { describe, expect, it } from 'vitest';
import { openServices } from '../kit/services.ts';

type Opened = Awaited<ReturnType<typeof openServices>>;
type Viewer = Awaited<ReturnType<Opened['person']>>;

/** A conversation whose messages were judged so, one a time step. */
async function judgedConversation({ prisma }: Opened, { userId }: Viewer, scores: readonly number[], stepMs = 3_600_000): Promise<string> {
  const now = Date.parse('2026-03-01T00:00:00Z');
  const id = uuidv7();
  await prisma.conversation.create({
    data: { id, ownerId: userId, createdAt: new Date(now), updatedAt: new Date(now), participants: { create: { userId, joinedAt: new Date(now) } } },
  });
  const rows = scores.map((score, index) => ({ id: uuidv7(), score, at: new Date(now + index * stepMs) }));
  await prisma.message.createMany({ data: rows.map((row) => ({ id: row.id, conversationId: id, role: 'USER', authorId: userId, createdAt: row.at })) });
  await prisma.sentiment.createMany({
    data: rows.map(({ id: messageId, score, at }) => ({
      messageId,
      conversationId: id,
      method: 'LOCAL',
      score,
      magnitude: Math.abs(score),
      label: score > 0 ? 'POSITIVE' : 'NEGATIVE',
      createdAt: at,
    })),
  });
  return id;
}

const list = `query ($range: SentimentRange, $interval: SentimentInterval) {
  conversations(first: 20) { edges { node {
    mood { count averageScore score label trend }
    sentiment(range: $range, interval: $interval) { interval count averageScore trend change points { at count score lowest highest magnitude positive negative } }
    messages(first: 3) { edges { node { sentiment { score magnitude label emotion method model } } } }
  } } }
}`;

describe('sentiment in the schema', () => {
  it('is read for a whole list in one statement a field', async () => {
    await using test = await openServices();
    const viewer = await test.person();
    for (const scores of [[0.5, -0.5], [-0.9, 0.1, 0.9], [], [0.2]]) await judgedConversation(test, viewer, scores);
    const { result, statements } = await test.execute(viewer, list);
    // The conversations, their moods, their timelines, their messages, and how those were judged.
    expect(statements).toHaveLength(5);
    const byCount = new Map<number, any>(result.conversations.edges.map(({ node }: any) => [node.mood?.count ?? 0, node]));
    const [none, one, two, three] = [0, 1, 2, 3].map((count) => byCount.get(count));
    expect(one.mood).toEqual({ count: 1, averageScore: 0.2, score: 0.2, label: 'POSITIVE', trend: null });
    expect(none).toMatchObject({ mood: null, sentiment: { count: 0, averageScore: null, trend: null, change: null, points: [] } });
    expect(three.mood).toMatchObject({ count: 3, label: 'POSITIVE', trend: 'IMPROVING' });
    expect(three.sentiment).toMatchObject({ interval: 'HOUR', count: 3, trend: 'IMPROVING' });
    expect(three.sentiment.change).toBeCloseTo(1.8, 5);
    expect(three.messages.edges.map(({ node }: { node: { sentiment: { score: number } } }) => node.sentiment.score)).toEqual([-0.9, 0.1, 0.9]);
    expect(two.mood).toMatchObject({ count: 2, label: 'MIXED' });
  });

  it('is summed up by interval within a range', async () => {
    await using test = await openServices();
    const viewer = await test.person();
    await judgedConversation(test, viewer, [0.5, -0.5, 0.9, -0.1], 12 * 3_600_000);
    const range = { from: '2026-03-01T00:00:00Z', to: '2026-03-02T12:00:00Z' };
    const { result } = await test.execute(viewer, list, { range, interval: 'DAY' });
    const { sentiment } = result.conversations.edges[0].node;
    expect(sentiment).toMatchObject({ interval: 'DAY', count: 3 });
    expect(sentiment.points).toEqual([
      { at: '2026-03-01T00:00:00.000Z', count: 2, score: 0, lowest: -0.5, highest: 0.5, magnitude: 1, positive: 1, negative: 1 },
      { at: '2026-03-02T00:00:00.000Z', count: 1, score: 0.9, lowest: 0.9, highest: 0.9, magnitude: 0.9, positive: 1, negative: 0 },
    ]);
  });

  it('keeps the newest 400 points, and chooses an interval by the length of the time', async () => {
    await using test = await openServices();
    const viewer = await test.person();
    await judgedConversation(
      test,
      viewer,
      Array.from({ length: 450 }, () => 0.5),
    );
    const ask = async (interval: string | null) => (await test.execute(viewer, list, { interval })).result.conversations.edges[0].node.sentiment;
    const hours = await ask('HOUR');
    expect(hours.points).toHaveLength(400);
    expect(hours.points.at(-1).at).toBe('2026-03-19T17:00:00.000Z');
    expect(await ask(null)).toMatchObject({ interval: 'DAY', count: 450, trend: 'STEADY' });
  });

  it('refuses a range that ends before it begins, and says so', async () => {
    await using test = await openServices();
    const viewer = await test.person();
    await judgedConversation(test, viewer, [0.5]);
    const range = { from: '2026-03-02T00:00:00Z', to: '2026-03-01T00:00:00Z' };
    await expect(test.execute(viewer, list, { range })).rejects.toThrow('which is not after its beginning, 2026-03-02T00:00:00.000Z');
  });

  it('is for those alone who take part in the conversation', async () => {
    await using test = await openServices();
    const [viewer, stranger] = [await test.person(), await test.person()];
    const id = await judgedConversation(test, viewer, [0.5]);
    const { sentiments } = test.services;
    const [message] = await test.prisma.message.findMany({ where: { conversationId: id } });
    for (const [person, size] of [
      [viewer, 1],
      [stranger, 0],
    ] as const) {
      expect((await sentiments.moods(person, [id])).size).toBe(size);
      expect((await sentiments.ofMessages(person, [message?.id ?? ''])).size).toBe(size);
      expect((await sentiments.timelines(person, [id], {})).get(id)?.count).toBe(size);
    }
    await expect(sentiments.moods(null, [id])).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(sentiments.methods(null)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('lists the four methods, and why one cannot be used', async () => {
    await using test = await openServices();
    const { result } = await test.execute(await test.person(), '{ sentimentMethods { method isAvailable unavailableBecause isDefault } }');
    expect(result.sentimentMethods).toEqual([
      { method: 'STRUCTURED', isAvailable: true, unavailableBecause: null, isDefault: false },
      { method: 'LLM_SEPARATE', isAvailable: true, unavailableBecause: null, isDefault: false },
      { method: 'NLP_API', isAvailable: false, unavailableBecause: expect.stringContaining('GOOGLE_NLP_API_KEY'), isDefault: false },
      { method: 'LOCAL', isAvailable: true, unavailableBecause: null, isDefault: false },
    ]);
  });
});
