import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { openServices } from '../kit/services.ts';

let kit: Awaited<ReturnType<typeof openServices>>;
let viewer: Viewer;
beforeAll(async () => {
  kit = await openServices();
  viewer = await kit.person();
  const { userId: ownerId } = viewer;
  const at = new Date();
  for (let base = 0; base < 5; base += 1) {
    const id = uuidv7();
    await kit.prisma.knowledgeBase.create({ data: { id, ownerId, name: `Base ${base}`, language: 'english', createdAt: at, updatedAt: at } });
    for (let document = 0; document < 3; document += 1) {
      const data = {
        id: uuidv7(),
        ownerId,
        knowledgeBaseId: id,
        name: `Document ${document}`,
        source: 'UPLOAD',
        status: document === 0 ? 'FAILED' : 'READY',
        createdAt: at,
        updatedAt: at,
      } as const;
      await kit.prisma.document.create({ data });
    }
    const conversationId = uuidv7();
    await kit.prisma.conversation.create({
      data: { id: conversationId, ownerId, createdAt: at, updatedAt: at, participants: { create: { userId: ownerId, joinedAt: at } } },
    });
    await kit.prisma.conversationKnowledge.create({ data: { conversationId, knowledgeBaseId: id, createdAt: at } });
    await kit.prisma.persona.create({
      data: {
        id: uuidv7(),
        ownerId,
        name: `Persona ${base}`,
        handle: `persona${base}`,
        createdAt: at,
        updatedAt: at,
        knowledge: { create: { knowledgeBaseId: id, createdAt: at } },
      },
    });
  }
});
afterAll(() => kit[Symbol.asyncDispose]());

describe('lists of knowledge', () => {
  it('cost a statement for each level, however many there are', async () => {
    const { result, statements } = await kit.execute(
      viewer,
      '{ knowledgeBases { edges { node { id name documentCounts { queued processing ready failed } documents(first: 2) { edges { node { id name knowledgeBase { id } } } pageInfo { hasNextPage } } } } } }',
    );
    expect(result.knowledgeBases.edges).toHaveLength(5);
    expect(result.knowledgeBases.edges[0].node.documentCounts).toEqual({ queued: 0, processing: 0, ready: 2, failed: 1 });
    expect(result.knowledgeBases.edges[0].node.documents).toMatchObject({ edges: [{}, {}], pageInfo: { hasNextPage: true } });
    expect(statements).toHaveLength(4);
  });

  it('of conversations cost one statement for all of them', async () => {
    const { result, statements } = await kit.execute(viewer, '{ conversations { edges { node { id knowledgeBases { name } } } } }');
    expect(result.conversations.edges.map(({ node }: any) => node.knowledgeBases.length)).toEqual([1, 1, 1, 1, 1]);
    expect(statements).toHaveLength(2);
  });

  it('of personas cost one statement for all of them', async () => {
    const { result, statements } = await kit.execute(viewer, '{ personas { edges { node { id knowledgeBases { name } } } } }');
    expect(result.personas.edges.map(({ node }: any) => node.knowledgeBases.length)).toEqual([1, 1, 1, 1, 1]);
    expect(statements).toHaveLength(2);
  });
});
