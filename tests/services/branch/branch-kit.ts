import type { Message } from '../../../prisma/generated/client.ts';
import type { Viewer } from '../../../src/auth/viewer.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { uuidv7 } from '../../../src/base/id.ts';
import type { Page } from '../../../src/base/page.ts';
import { createBranches } from '../../../src/services/branch/branches.ts';
import { createSiblings } from '../../../src/services/branch/siblings.ts';
import { createStatements } from '../../../src/stores/statements.ts';
import { openRunTest, type NodeOptions } from '../run-kit.ts';

const whole: Page = { after: null, before: null, limit: 1_000, isReversed: false };

/** A node with the services of the tree. */
export async function openBranchTest(options: NodeOptions) {
  const test = await openRunTest(options);
  const { prisma, pool, conversationLog } = test;
  const statements = createStatements({ pool });
  const pathOf = async (viewer: Viewer, conversationId: string): Promise<readonly Message[]> =>
    (await test.messages.listMany(viewer, [conversationId], whole, 'nothing', 'ACTIVE')).get(conversationId) ?? [];
  return {
    ...test,
    branches: createBranches({ prisma, clock: systemClock, newId: uuidv7, conversationLog }),
    siblings: createSiblings({ statements }),
    pathOf,
  };
}

/**
 * What must hold of the tree of any conversation.
 *
 * @returns what does not hold, in words
 */
export function faultsOf(messages: readonly Message[]): readonly string[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const active = messages.filter((message) => message.isActive);
  return [
    ...messages
      .filter(({ parentId, depth }) => depth !== (parentId === null ? 0 : (byId.get(parentId)?.depth ?? Number.NaN) + 1))
      .map(({ id }) => `${id} has the wrong depth`),
    ...(new Set(active.map(({ conversationId, depth }) => `${conversationId} ${depth}`)).size === active.length ? [] : ['two active messages have one depth']),
    ...active.filter(({ parentId }) => parentId !== null && byId.get(parentId)?.isActive !== true).map(({ id }) => `${id} is active below one that is not`),
  ];
}
