import type { ParticipantRole, PrismaClient } from '../../prisma/generated/client.ts';
import { uuidv7 } from '../../src/base/id.ts';

let count = 0;
let lastMoment = Date.now();

/** A workspace as a test has it. */
export interface TestWorkspace {
  readonly id: string;
  readonly name: string;
  readonly handle: string;
}

/** Writes the rows of a workspace with its members, who joined one after the other. */
export async function writeWorkspace(
  prisma: Pick<PrismaClient, 'workspace'>,
  { members, ...named }: { readonly members: readonly { readonly userId: string; readonly role: ParticipantRole }[] } & Partial<TestWorkspace>,
): Promise<TestWorkspace> {
  count += 1;
  const now = new Date();
  const workspace: TestWorkspace = { id: uuidv7(), name: `Team ${count}`, handle: `team-${count}`, ...named };
  const joined = members.map((member) => ({ ...member, joinedAt: new Date((lastMoment += 1)) }));
  await prisma.workspace.create({ data: { ...workspace, createdAt: now, updatedAt: now, members: { create: joined } } });
  return workspace;
}
