import { uuidv7 } from '../../src/base/id.ts';
import type { ParticipantRole, PrismaClient } from '../../prisma/generated/client.ts';

let lastMoment = Date.now();

/** A workspace, as a row. Its members have come one after the other. Returns its id. */
export async function createWorkspace(
  prisma: PrismaClient,
  { members }: { readonly members: readonly { readonly userId: string; readonly role: ParticipantRole }[] },
): Promise<string> {
  const id = uuidv7();
  const now = new Date();
  const rows = members.map((member) => ({ ...member, joinedAt: new Date((lastMoment += 1)) }));
  await prisma.workspace.create({ data: { id, name: 'Acme', handle: `acme-${id}`, createdAt: now, updatedAt: now, members: { create: rows } } });
  return id;
}
