import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../../src/auth/viewer.ts';
import { createConversationLog } from '../../../src/events/conversation-log.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { endMembership, lockWorkspace } from '../../../src/services/workspace/end-membership.ts';
import { startConversation } from '../../kit/conversations.ts';
import { openServices } from '../../kit/services.ts';
import { writeWorkspace } from '../../kit/workspace-rows.ts';

let kit: Awaited<ReturnType<typeof openServices>>;
beforeAll(async () => void (kit = await openServices()));
afterAll(() => kit[Symbol.asyncDispose]());

const rounds = 10;

const end = (workspaceId: string, { userId }: Viewer): Promise<void> =>
  kit.prisma.$transaction(async (transaction) => {
    const locked = await lockWorkspace(transaction, workspaceId, userId);
    await endMembership(transaction, createConversationLog({ pool: kit.pool, clock: systemClock, pollIntervalMs: 15_000 }), { ...locked, userId });
  });

/** Two people in a workspace, what the one shares with it, and two conversations of the other. */
const open = async () => {
  const [owner, member] = [await kit.person(), await kit.person()];
  const members = [
    { userId: owner.userId, role: 'OWNER' },
    { userId: member.userId, role: 'EDITOR' },
  ] as const;
  const { id: workspaceId } = await writeWorkspace(kit.prisma, { members });
  const { personas, conversationPersonas, knowledgeBases } = kit.services;
  const shared = await personas.create(owner, { name: 'Owl', handle: 'owl', workspaceId });
  const base = await knowledgeBases.create(owner, { name: 'Rules', embeddingModel: null, workspaceId });
  const [one, other] = [await startConversation(kit, member), await startConversation(kit, member)];
  await conversationPersonas.add(member, one, shared.id);
  return { owner, member, workspaceId, shared, base, one, other };
};

/** What failed must have found nothing any more. */
const settle = async (work: readonly Promise<unknown>[]): Promise<void> => {
  const done = await Promise.allSettled(work);
  expect(done.flatMap((result) => (result.status === 'rejected' && result.reason.code !== 'NOT_FOUND' ? [result.reason] : []))).toEqual([]);
};
const leftIn = async (...ids: readonly string[]): Promise<number> => {
  const where = { conversationId: { in: [...ids] } };
  return (await kit.prisma.conversationPersona.count({ where })) + (await kit.prisma.conversationKnowledge.count({ where }));
};

describe.each(Array.from({ length: rounds }, (_, round) => round))('W03 W06 what happens at the same time (%i)', () => {
  it('leaves nothing of a workspace in the conversations of whoever is removed, and shares nothing of theirs', async () => {
    const { member, workspaceId, shared, base, one, other } = await open();
    const { personas, conversationPersonas, attachedKnowledge } = kit.services;
    await settle([
      conversationPersonas.add(member, other, shared.id),
      attachedKnowledge.attach(member, other, [base.id]),
      end(workspaceId, member),
      attachedKnowledge.attach(member, one, [base.id]),
      personas.create(member, { name: 'Mine', handle: 'mine', workspaceId }),
    ]);
    expect(await kit.prisma.workspaceMember.count({ where: { workspaceId } })).toBe(1);
    expect(await leftIn(one, other)).toBe(0);
    expect(await kit.prisma.persona.count({ where: { ownerId: member.userId, workspaceId } })).toBe(0);
  });

  it('leaves nothing of what is taken back in the conversations of others', async () => {
    const { owner, member, shared, base, one, other } = await open();
    const { personas, conversationPersonas, knowledgeBases, attachedKnowledge } = kit.services;
    await settle([
      conversationPersonas.add(member, other, shared.id),
      personas.update(owner, { id: shared.id, workspaceId: null }),
      attachedKnowledge.attach(member, other, [base.id]),
      knowledgeBases.update(owner, { id: base.id, workspaceId: null }),
      attachedKnowledge.attach(member, one, [base.id]),
    ]);
    expect(await leftIn(one, other)).toBe(0);
  });
});
